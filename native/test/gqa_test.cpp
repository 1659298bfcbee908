// CustomGroupQueryAttention: every kernel of its table against the oracle, bit by bit, with every buffer ending at an
// unmapped page.
#include "gqa.h"

#include <gtest/gtest.h>

#include <cfenv>
#include <cmath>
#include <cstring>
#include <memory>
#include <sstream>
#include <thread>

#include "gqa_problems.h"
#include "guarded_buffer.h"
#include "kernel_checks.h"

namespace bitmatmul::test {
namespace {

using Buffer = GuardedBuffer<float>;

std::string Compare(const char* what, const std::vector<float>& wanted, const Buffer& found) {
  for (size_t i = 0; i < wanted.size(); ++i) {
    if (memcmp(&wanted[i], found.data() + i, sizeof(float)) == 0) continue;
    uint32_t bits[2];
    memcpy(bits, &wanted[i], sizeof(float));
    memcpy(bits + 1, found.data() + i, sizeof(float));
    std::ostringstream text;
    text << what << "[" << i << "]: found " << found.data()[i] << std::hex << " (" << bits[1] << "), wanted "
         << wanted[i] << " (" << bits[0] << ")\n";
    return text.str();
  }
  return "";
}

enum class Cache { kInPlace, kCopied };

// All that a run reads and writes, each ending at an unmapped page.
class GuardedRun {
 public:
  GuardedRun(const GqaProblem& p, Cache cache)
      : cos_(p.cos),
        sin_(p.sin),
        query_(p.query),
        key_(p.key),
        value_(p.value),
        past_key_(p.past_key),
        past_value_(p.past_value),
        padding_(p.sizes.padding),
        present_key_(PresentCount(p, cache)),
        present_value_(PresentCount(p, cache)),
        y_(static_cast<size_t>(p.Batch() * p.sizes.tokens * p.spec.num_heads * p.spec.head_dim)) {
    problem_ = p.View();
    problem_.cos = cos_.data();
    problem_.sin = sin_.data();
    call_ = p.Call();
    call_.query = query_.data();
    if (!p.sizes.packed) call_.key = key_.data();
    if (!p.sizes.packed) call_.value = value_.data();
    call_.past_key = past_key_.data();
    call_.past_value = past_value_.data();
    call_.padding = padding_.data();
    call_.present_key = cache == Cache::kInPlace ? past_key_.data() : present_key_.data();
    call_.present_value = cache == Cache::kInPlace ? past_value_.data() : present_value_.data();
    call_.present_key_count = call_.present_value_count =
        p.Batch() * p.sizes.kv_heads * p.PresentColumns() * p.spec.head_dim;
    call_.y = y_.data();
    call_.y_count = static_cast<int64_t>(y_.size());
    in_place_ = cache == Cache::kInPlace;
  }

  const bitmatmul_gqa_problem& problem() const { return problem_; }
  const bitmatmul_gqa_call& call() const { return call_; }
  const Buffer& y() const { return y_; }

  std::string Difference(const GqaResult& wanted) const {
    return Compare("Y", wanted.y, y_) +
           Compare("present_key", wanted.present_key, in_place_ ? past_key_ : present_key_) +
           Compare("present_value", wanted.present_value, in_place_ ? past_value_ : present_value_);
  }

 private:
  static size_t PresentCount(const GqaProblem& p, Cache cache) {
    if (cache == Cache::kInPlace) return 0;
    return static_cast<size_t>(p.Batch() * p.sizes.kv_heads * p.PresentColumns() * p.spec.head_dim);
  }

  Buffer cos_, sin_, query_, key_, value_, past_key_, past_value_;
  GuardedBuffer<int64_t> padding_;
  Buffer present_key_, present_value_, y_;
  bitmatmul_gqa_problem problem_;
  bitmatmul_gqa_call call_;
  bool in_place_;
};

// Tasks of a phase go to threads in turn, the last first.
void RunOnThreads(GroupQueryAttention* attention, int64_t threads) {
  for (int phase = 0; phase < attention->Phases(); ++phase) {
    attention->Start(phase);
    const int64_t tasks = attention->Tasks(phase);
    std::vector<std::thread> team;
    for (int64_t thread = 0; thread < threads; ++thread) {
      team.emplace_back([=] {
        for (int64_t task = tasks - 1 - thread; task >= 0; task -= threads) attention->Task(task);
      });
    }
    for (std::thread& thread : team) thread.join();
  }
}

std::string RunAndCompare(const GqaProblem& problem, const GqaKernel& kernel, Cache cache, int64_t threads = 1) {
  const GuardedRun run(problem, cache);
  char error[512] = "";
  if (bitmatmul_gqa_check_call(&run.problem(), &run.call(), error, sizeof(error)) != BITMATMUL_OK) return error;
  GroupQueryAttention attention(run.problem(), kernel, run.call());
  // What a kernel did not write is NaN.
  Buffer scratch(std::vector<float>(attention.ScratchBytes() / sizeof(float), NAN));
  attention.Bind(scratch.data());
  if (threads == 1) {
    RunPhases(&attention);
  } else {
    RunOnThreads(&attention, threads);
  }
  return run.Difference(GqaOracle(problem));
}

class GqaKernelTest : public testing::TestWithParam<int32_t> {
 protected:
  void SetUp() override {
    const std::string why = WhyNotTested(Kernel().info);
    if (!why.empty()) GTEST_SKIP() << why;
  }

  const GqaKernel& Kernel() const { return GqaKernelAt(GetParam()); }

  void Check(const GqaProblem& problem, Cache cache, int64_t threads = 1) {
    const std::string difference = RunAndCompare(problem, Kernel(), cache, threads);
    const std::string how =
        (cache == Cache::kInPlace ? ", in place, " : ", copied, ") + std::to_string(threads) + " threads";
    ASSERT_TRUE(difference.empty()) << difference << Replay(Kernel().info, problem.Describe() + how);
  }

  // In place where there is room, and copied; with what models have and with odd values.
  void CheckAll(const GqaSizes& sizes) {
    for (const GqaValues values : {GqaValues::kUsual, GqaValues::kOdd}) {
      const GqaProblem problem = MakeGqaProblem(sizes, values, random_);
      Check(problem, Cache::kCopied);
      if (sizes.capacity >= sizes.total) Check(problem, Cache::kInPlace);
    }
  }

  std::mt19937_64 random_{TestSeed()};
};

TEST_P(GqaKernelTest, OneTokenAtEveryColumn) {
  for (int64_t total = 1; total <= 100; ++total) {
    CheckAll({4, 2, 16, 1, total, total, {0}, total % 2 == 0});
    CheckAll({3, 3, 32, 1, total, total + 5, {total / 3}, true});
  }
}

TEST_P(GqaKernelTest, ChunksOfAnySize) {
  for (int64_t tokens = 1; tokens <= 40; ++tokens) {
    CheckAll({2, 1, 16, tokens, tokens, 0, {0}, true});
    CheckAll({4, 1, 32, tokens, tokens + 45, 90, {7}, false});
  }
}

TEST_P(GqaKernelTest, EveryHeadDim) {
  for (int64_t dim = 16; dim <= 512; dim += dim < 160 ? 16 : 112) CheckAll({2, 1, dim, 5, 21, 30, {2}, true});
}

TEST_P(GqaKernelTest, Groups) {
  for (int64_t group = 1; group <= 9; ++group) {
    CheckAll({2 * group, 2, 16, 1, 50, 64, {0}, true});
    CheckAll({group, 1, 16, 11, 60, 64, {50}, true});
  }
}

TEST_P(GqaKernelTest, PaddedRowsOfABatch) {
  CheckAll({4, 2, 16, 9, 9, 0, {0, 3, 8, 9, 5}, true});
  CheckAll({4, 2, 16, 9, 30, 21, {0, 3, 21, 22, 29, 30}, true});
  CheckAll({4, 2, 16, 1, 30, 40, {0, 29, 30}, false});
}

TEST_P(GqaKernelTest, ALongContextIsCut) {
  CheckAll({4, 1, 128, 1, 1000, 1024, {0}, true});
  CheckAll({4, 2, 80, 1, 2100, 2100, {3, 2050}, true});
}

TEST_P(GqaKernelTest, SeveralBlocksOfTokens) {
  CheckAll({4, 1, 16, 70, 200, 256, {0, 90}, true});
  CheckAll({130, 1, 16, 3, 4, 4, {0}, true});
  // Scores of 768 columns, a multiple of 256, get a longer stride; 3000 columns leave room for fewer rows in a block.
  CheckAll({4, 1, 16, 40, 760, 768, {3}, true});
  CheckAll({4, 1, 16, 70, 3000, 3000, {0}, true});
}

TEST_P(GqaKernelTest, AnyNumberOfThreads) {
  for (const int64_t threads : {2, 3, 7}) {
    Check(MakeGqaProblem({4, 2, 16, 70, 200, 256, {0, 90}, true}, GqaValues::kUsual, random_), Cache::kCopied, threads);
    Check(MakeGqaProblem({4, 2, 64, 1, 1000, 1024, {0}, true}, GqaValues::kUsual, random_), Cache::kInPlace, threads);
    Check(MakeGqaProblem({4, 4, 64, 1, 300, 600, {0, 5}, true}, GqaValues::kUsual, random_), Cache::kCopied, threads);
  }
}

TEST_P(GqaKernelTest, NothingToDo) {
  CheckAll({4, 2, 16, 0, 5, 8, {0, 1}, true});
  CheckAll({4, 2, 16, 3, 5, 8, {}, true});
  CheckAll({4, 2, 16, 0, 0, 0, {0}, true});
}

// A chunk's tokens have the bits that they have one by one, and a padded row those that it has alone.
TEST_P(GqaKernelTest, TokensDoNotDependOnTheirNeighbours) {
  const GqaProblem chunk = MakeGqaProblem({4, 2, 32, 23, 60, 64, {0, 9}, true}, GqaValues::kUsual, random_);
  const GqaResult whole = GqaOracle(chunk);
  const int64_t width = 4 * 32 + 2 * 2 * 32, out = 4 * 32;
  GqaProblem one = chunk;
  for (int64_t i = 0; i < 23; ++i) {
    one.sizes.tokens = 1;
    one.sizes.total = 60 - 23 + i + 1;
    one.query.clear();
    for (int64_t b = 0; b < 2; ++b) {
      const float* const from = chunk.query.data() + (b * 23 + i) * width;
      one.query.insert(one.query.end(), from, from + width);
    }
    const GuardedRun run(one, Cache::kCopied);
    GroupQueryAttention attention(run.problem(), Kernel(), run.call());
    std::vector<float> scratch(attention.ScratchBytes() / sizeof(float));
    attention.Bind(scratch.data());
    RunPhases(&attention);
    for (int64_t b = 0; b < 2; ++b) {
      ASSERT_EQ(0, memcmp(whole.y.data() + (b * 23 + i) * out, run.y().data() + b * out,
                          static_cast<size_t>(out) * sizeof(float)))
          << "token " << i << " of row " << b;
    }
    const size_t cache = static_cast<size_t>(run.call().present_key_count);
    one.past_key.assign(run.call().present_key, run.call().present_key + cache);
    one.past_value.assign(run.call().present_value, run.call().present_value + cache);
  }
}

TEST_P(GqaKernelTest, ModesOfTheThreadDoNotMatterAndStay) {
  const GqaProblem problem = MakeGqaProblem({4, 2, 32, 9, 60, 64, {0, 9}, true}, GqaValues::kOdd, random_);
  const GqaResult wanted = GqaOracle(problem);
  const GuardedRun run(problem, Cache::kCopied);
  GroupQueryAttention attention(run.problem(), Kernel(), run.call());
  std::vector<float> scratch(attention.ScratchBytes() / sizeof(float));
  attention.Bind(scratch.data());
  ASSERT_EQ(0, std::fesetround(FE_UPWARD));
  RunPhases(&attention);
  EXPECT_EQ(FE_UPWARD, std::fegetround());
  std::fesetround(FE_TONEAREST);
  EXPECT_EQ("", run.Difference(wanted)) << problem.Describe();
}

INSTANTIATE_TEST_SUITE_P(Kernels, GqaKernelTest, testing::Range(0, bitmatmul_gqa_kernel_count()),
                         [](const testing::TestParamInfo<int32_t>& kernel) {
                           return std::string(GqaKernelAt(kernel.param).info.name);
                         });

}  // namespace
}  // namespace bitmatmul::test
