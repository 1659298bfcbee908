// Weights in huge pages, and the pages of files that they leave: what goes, what stays, and what may not be touched.
#include "ort/huge_pages.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "ort/huge_page_support.h"

namespace bitmatmul {
namespace {

struct Text {
  char text[512] = {};
  Error error() { return {text, sizeof(text)}; }
};

constexpr char kAlways[] = "[always] madvise never";
constexpr char kMadvise[] = "always [madvise] never";
constexpr char kNever[] = "always madvise [never]";
constexpr char kInherit[] = "always [inherit] madvise never";

HugePageSettings Settings(const char* enabled, const char* for_size, bool disabled = false) {
  HugePageSettings settings{};
  strcpy(settings.enabled, enabled);
  strcpy(settings.enabled_for_size, for_size);
  settings.disabled_for_process = disabled;
  return settings;
}

TEST(HugePages, AreAllowedAsLinuxSays) {
  for (const char* enabled : {kAlways, kMadvise}) {
    EXPECT_TRUE(AllowsHugePages(Settings(enabled, ""), {})) << enabled;
    EXPECT_TRUE(AllowsHugePages(Settings(enabled, kInherit), {})) << enabled;
    EXPECT_TRUE(AllowsHugePages(Settings(kNever, enabled), {})) << enabled;
    EXPECT_FALSE(AllowsHugePages(Settings(enabled, kNever), {})) << enabled;
    EXPECT_FALSE(AllowsHugePages(Settings(enabled, kInherit, true), {})) << enabled;
  }
  Text text;
  EXPECT_FALSE(AllowsHugePages(Settings(kNever, kInherit), text.error()));
  EXPECT_STREQ(text.text,
               "huge pages: found 'always madvise [never]' in /sys/kernel/mm/transparent_hugepage/enabled, wanted "
               "'madvise' or 'always' to be chosen");
}

// The line of /proc/self/smaps for the mapping that an address is in, up to the next one's.
std::string Mapping(const void* address) {
  std::ifstream file("/proc/self/smaps");
  std::string line, found;
  bool inside = false;
  while (std::getline(file, line)) {
    unsigned long begin = 0, end = 0;
    if (sscanf(line.c_str(), "%lx-%lx", &begin, &end) == 2) {
      inside = reinterpret_cast<uintptr_t>(address) >= begin && reinterpret_cast<uintptr_t>(address) < end;
    }
    if (inside) found += line + "\n";
  }
  return found;
}

// How many pages from the address on are in this process' memory.
size_t Present(const void* address, size_t pages) {
  const size_t page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  std::vector<uint64_t> entries(pages);
  const int file = open("/proc/self/pagemap", O_RDONLY);
  const off_t offset = static_cast<off_t>(reinterpret_cast<uintptr_t>(address) / page * sizeof(uint64_t));
  EXPECT_EQ(pread(file, entries.data(), pages * sizeof(uint64_t), offset),
            static_cast<ssize_t>(pages * sizeof(uint64_t)));
  close(file);
  size_t present = 0;
  for (const uint64_t entry : entries) present += entry >> 63;
  return present;
}

class HugePagesStore : public testing::Test {
 protected:
  void SetUp() override {
    Text text;
    page_ = HugePageSize(text.error());
    if (page_ == 0) GTEST_SKIP() << "was not tested: " << text.text;
  }

  const char* Copy(const std::vector<char>& bytes) {
    Text text;
    const void* copy = CopyToHugePages(bytes.data(), bytes.size(), text.error());
    EXPECT_NE(copy, nullptr) << text.text;
    return static_cast<const char*>(copy);
  }

  size_t page_ = 0;
};

std::vector<char> RandomBytes(size_t size, uint32_t seed) {
  std::vector<char> bytes(size);
  std::mt19937 random(seed);
  for (char& byte : bytes) byte = static_cast<char>(random());
  return bytes;
}

TEST_F(HugePagesStore, SmallCopiesShareAPageWhichGoesWithTheLast) {
  const size_t size = page_ / 4 + 4;
  std::vector<std::vector<char>> contents;
  std::vector<const char*> copies;
  for (uint32_t i = 0; i < 12; ++i) {
    contents.push_back(RandomBytes(size, i));
    copies.push_back(Copy(contents.back()));
    EXPECT_EQ(reinterpret_cast<uintptr_t>(copies[i]) % kHugePageCopyAlignment, 0u);
    if (i == 0) continue;
    EXPECT_LT(copies[i] - copies[i - 1], static_cast<ptrdiff_t>(size + kHugePageCopyAlignment)) << "copy " << i;
  }
  const char* const base = copies[0] - reinterpret_cast<uintptr_t>(copies[0]) % page_;
  const size_t small_pages = page_ / static_cast<size_t>(sysconf(_SC_PAGESIZE));
  EXPECT_NE(Mapping(copies[0]).find(" r--p "), std::string::npos) << "not read-only: " << Mapping(copies[0]);
  for (size_t i = 0; i < 4; ++i) ReleaseHugePageCopy(copies[i], size);
  EXPECT_EQ(Present(base, small_pages), 0u) << "the first huge page has no copies left";
  for (size_t i = 4; i < copies.size(); ++i) {
    EXPECT_EQ(memcmp(copies[i], contents[i].data(), size), 0) << "copy " << i;
  }
  for (size_t i = 4; i < copies.size(); ++i) ReleaseHugePageCopy(copies[i], size);
  EXPECT_EQ(Mapping(copies[0]), "") << "the last copy is gone, its mapping is not";
}

TEST_F(HugePagesStore, ACopyMayBeLargerThanAnyOther) {
  const std::vector<char> large = RandomBytes((size_t{80} << 20) + 12, 1);
  const std::vector<char> small = RandomBytes(1000, 2);
  const char* first = Copy(small);
  const char* second = Copy(large);
  const char* third = Copy(small);
  EXPECT_EQ(memcmp(second, large.data(), large.size()), 0);
  ReleaseHugePageCopy(first, small.size());
  ReleaseHugePageCopy(second, large.size());
  EXPECT_EQ(memcmp(third, small.data(), small.size()), 0);
  ReleaseHugePageCopy(third, small.size());
  EXPECT_EQ(Mapping(second), "");
}

TEST_F(HugePagesStore, WhatIsSealedIsNotWrittenToWhenANewerMappingIsGone) {
  const std::vector<char> most = RandomBytes((size_t{60} << 20) + page_ / 4, 1);
  const std::vector<char> large = RandomBytes(size_t{8} << 20, 2);
  const std::vector<char> small = RandomBytes(1000, 3);
  const char* first = Copy(most);
  const char* second = Copy(large);  // into a mapping of its own, which goes with it
  ReleaseHugePageCopy(second, large.size());
  const char* third = Copy(small);
  EXPECT_EQ(memcmp(first, most.data(), most.size()), 0);
  EXPECT_EQ(memcmp(third, small.data(), small.size()), 0);
  ReleaseHugePageCopy(first, most.size());
  ReleaseHugePageCopy(third, small.size());
  EXPECT_EQ(Mapping(first), "");
}

TEST_F(HugePagesStore, ThreadsCopyAndReleaseAtOnce) {
  std::vector<std::thread> threads;
  for (uint32_t t = 0; t < 8; ++t) {
    threads.emplace_back([this, t] {
      for (uint32_t i = 0; i < 50; ++i) {
        const std::vector<char> bytes = RandomBytes(1 + (t * 7919 + i * 104729) % (page_ / 8), t * 1000 + i);
        const char* copy = Copy(bytes);
        EXPECT_EQ(memcmp(copy, bytes.data(), bytes.size()), 0) << "thread " << t << ", copy " << i;
        ReleaseHugePageCopy(copy, bytes.size());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

class FilePages : public testing::Test {
 protected:
  static constexpr size_t kPages = 64;

  void SetUp() override {
    page_ = static_cast<size_t>(sysconf(_SC_PAGESIZE));
    content_ = RandomBytes(kPages * page_, 3);
    FILE* file = tmpfile();
    ASSERT_EQ(fwrite(content_.data(), 1, content_.size(), file), content_.size());
    ASSERT_EQ(fflush(file), 0);
    // Private and writable, as ONNX Runtime maps external data.
    void* mapped = mmap(nullptr, content_.size(), PROT_READ | PROT_WRITE, MAP_PRIVATE, fileno(file), 0);
    ASSERT_NE(mapped, MAP_FAILED);
    mapped_ = static_cast<char*>(mapped);
    fclose(file);
    EXPECT_EQ(memcmp(mapped_, content_.data(), content_.size()), 0);
    EXPECT_EQ(Present(mapped_, kPages), kPages);
  }
  void TearDown() override { munmap(mapped_, content_.size()); }

  size_t page_ = 0;
  std::vector<char> content_;
  char* mapped_ = nullptr;
};

TEST_F(FilePages, WholePagesLeaveAndComeBackFromTheFile) {
  ReturnFilePages(mapped_ + 1, content_.size() - 2);
  EXPECT_EQ(Present(mapped_, kPages), 2u) << "the first and the last page are not whole in the range";
  EXPECT_EQ(memcmp(mapped_, content_.data(), content_.size()), 0);
}

TEST_F(FilePages, PagesThatWereWrittenToStay) {
  mapped_[5 * page_] ^= 1;
  mapped_[(kPages - 1) * page_] ^= 1;
  ReturnFilePages(mapped_, content_.size());
  EXPECT_EQ(Present(mapped_, kPages), 2u);
  EXPECT_NE(mapped_[5 * page_], content_[5 * page_]);
  EXPECT_NE(mapped_[(kPages - 1) * page_], content_[(kPages - 1) * page_]);
}

TEST_F(FilePages, MemoryOfNoFileStays) {
  const std::vector<char> wanted = content_;
  ReturnFilePages(content_.data(), content_.size());
  EXPECT_EQ(content_, wanted);
}

}  // namespace
}  // namespace bitmatmul
