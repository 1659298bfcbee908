#include "ort/huge_page_support.h"

#if defined(__linux__)

#include <fcntl.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>

namespace bitmatmul {
namespace {

constexpr char kFolder[] = "/sys/kernel/mm/transparent_hugepage";

// The file's text, cut to the size; "" where it cannot be read.
template <size_t kSize>
void ReadText(const char* path, char (&text)[kSize]) {
  const int file = open(path, O_RDONLY | O_CLOEXEC);
  const ssize_t length = file < 0 ? 0 : read(file, text, kSize - 1);
  if (file >= 0) close(file);
  text[length < 0 ? 0 : length] = '\0';
  text[strcspn(text, "\n")] = '\0';
}

size_t ReadPageSize() {
  char path[96];
  char text[32];
  snprintf(path, sizeof(path), "%s/hpage_pmd_size", kFolder);
  ReadText(path, text);
  size_t size = 0;
  for (const char* digit = text; *digit >= '0' && *digit <= '9'; ++digit) {
    size = 10 * size + static_cast<size_t>(*digit - '0');
  }
  return size;
}

HugePageSettings ReadSettings(size_t page) {
  HugePageSettings settings{};
  char path[96];
  snprintf(path, sizeof(path), "%s/enabled", kFolder);
  ReadText(path, settings.enabled);
  snprintf(path, sizeof(path), "%s/hugepages-%zukB/enabled", kFolder, page / 1024);
  ReadText(path, settings.enabled_for_size);
  settings.disabled_for_process = prctl(PR_GET_THP_DISABLE, 0, 0, 0, 0) == 1;
  return settings;
}

bool Chosen(const char* setting, const char* value) { return strstr(setting, value) != nullptr; }

}  // namespace

bool AllowsHugePages(const HugePageSettings& settings, Error error) {
  if (settings.disabled_for_process) {
    Fail(error, 0,
         "huge pages: found them switched off for this process (PR_SET_THP_DISABLE), wanted them to be allowed");
    return false;
  }
  const bool inherits = settings.enabled_for_size[0] == '\0' || Chosen(settings.enabled_for_size, "[inherit]");
  const char* setting = inherits ? settings.enabled : settings.enabled_for_size;
  if (Chosen(setting, "[always]") || Chosen(setting, "[madvise]")) return true;
  Fail(error, 0, "huge pages: found '%s' in %s/%s, wanted 'madvise' or 'always' to be chosen", setting, kFolder,
       inherits ? "enabled" : "hugepages-*kB/enabled");
  return false;
}

size_t HugePageSize(Error error) {
  const size_t page = ReadPageSize();
  if (page == 0) {
    Fail(error, 0, "huge pages: found no %s/hpage_pmd_size, wanted a Linux with transparent huge pages", kFolder);
    return 0;
  }
  return AllowsHugePages(ReadSettings(page), error) ? page : 0;
}

}  // namespace bitmatmul

#endif
