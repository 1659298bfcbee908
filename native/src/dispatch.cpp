// Which kernel a problem gets: bitmatmul/kernels.h.
#include "dispatch.h"

#include <cstdlib>
#include <cstring>

#include "bitmatmul/cpu_info.h"
#include "isa_list.h"

namespace bitmatmul {

#define BITMATMUL_KERNEL(isa, name, packings, activations, block_scales, min_m, features, code) \
  extern const KernelCode code;
#include "kernels/kernels.inc"
#undef BITMATMUL_KERNEL

namespace {

constexpr uint32_t kBinary32 = 1u << BITMATMUL_BINARY32;
constexpr uint32_t kTernary16 = 1u << BITMATMUL_TERNARY16;
constexpr uint32_t kTernary20 = 1u << BITMATMUL_TERNARY20;
constexpr uint32_t kInt8 = 1u << BITMATMUL_INT8;
constexpr uint32_t kSign = 1u << BITMATMUL_SIGN;

#define BITMATMUL_KERNEL(isa, name, packings, activations, block_scales, min_m, features, code) \
  {{#name, #isa, packings, activations, block_scales, min_m, features}, &code},
const Kernel kKernels[] = {
#include "kernels/kernels.inc"
};
#undef BITMATMUL_KERNEL

constexpr int32_t kCount = sizeof(kKernels) / sizeof(kKernels[0]);

bool Takes(const bitmatmul_kernel_info& kernel, const bitmatmul_spec& spec) {
  return (kernel.packings >> spec.packing & 1) != 0 && (kernel.activations >> spec.activation & 1) != 0 &&
         (spec.block_size == 0 || kernel.block_scales != 0);
}

bool RunsOn(const bitmatmul_kernel_info& kernel, uint64_t features) { return (kernel.features & ~features) == 0; }

bool IsFirstOfItsIsa(const Kernel& kernel) {
  const Kernel* first = kKernels;
  while (strcmp(first->info.isa, kernel.info.isa) != 0) ++first;
  return first == &kernel;
}

// The names of the ISAs that run on the features, each once.
void AppendIsas(TextBuilder& text, uint64_t features) {
  const char* separator = "";
  for (const Kernel& kernel : kKernels) {
    if (!IsFirstOfItsIsa(kernel) || !RunsOn(kernel.info, features)) continue;
    text.Append("%s%s", separator, kernel.info.isa);
    separator = ", ";
  }
}

// Every name of a list must be known and runnable, whether or not it will be the one that is used.
int32_t CheckIsa(const IsaName& isa, uint64_t features, Error error) {
  const int length = static_cast<int>(isa.length);
  char isas[256];
  TextBuilder valid(isas, sizeof(isas));
  for (const Kernel& kernel : kKernels) {
    if (!isa.Is(kernel.info.isa)) continue;
    char missing[128];
    if (!DescribeMissing(kernel.info.features, features, missing, sizeof(missing))) return BITMATMUL_OK;
    AppendIsas(valid, features);
    return Fail(
        error, BITMATMUL_UNSUPPORTED_ISA,
        "ISA list (BITMATMUL_ISA): found '%.*s', which this CPU cannot run (it lacks %s); wanted names among: %s",
        length, isa.text, missing, isas);
  }
  AppendIsas(valid, features);
  return Fail(error, BITMATMUL_UNSUPPORTED_ISA,
              "ISA list (BITMATMUL_ISA): found unknown name '%.*s', wanted a comma-separated list of names among: %s",
              length, isa.text, isas);
}

// The ISA's first kernel that is meant for this M; where none is, the first that takes the problem.
int32_t FindOfIsa(const IsaName& isa, const bitmatmul_spec& spec, int64_t m) {
  int32_t any = -1;
  for (int32_t i = 0; i < kCount; ++i) {
    if (!isa.Is(kKernels[i].info.isa) || !Takes(kKernels[i].info, spec)) continue;
    if (m >= kKernels[i].info.min_m) return i;
    if (any < 0) any = i;
  }
  return any;
}

int32_t FailNoKernel(const bitmatmul_spec& spec, uint64_t features, const char* isas, Error error) {
  char names[256];
  TextBuilder text(names, sizeof(names));
  for (int32_t i = 0; i < kCount; ++i) {
    const bitmatmul_kernel_info& info = kKernels[i].info;
    if (!Takes(info, spec) || !RunsOn(info, features)) continue;
    const char* isa = info.isa;
    if (FindOfIsa({isa, strlen(isa)}, spec, 0) == i) text.Append(" %s", isa);  // each set once
  }
  Fail(error, BITMATMUL_UNSUPPORTED_ISA,
       "ISA list (BITMATMUL_ISA): found '%s', which has no kernel for packing %s, activation %s, block_size %d; these "
       "have one:%s "
       "(add one to the list to allow it)",
       isas, bitmatmul_packing_name(spec.packing), bitmatmul_activation_name(spec.activation), spec.block_size, names);
  return -1;
}

int32_t ChooseAmong(const bitmatmul_spec& spec, int64_t m, uint64_t features, const char* isas, Error error) {
  if (CheckIsas(isas, features, error) != BITMATMUL_OK) return -1;
  for (const char* list = isas; list != nullptr;) {
    const int32_t index = FindOfIsa(NextIsa(&list), spec, m);
    if (index >= 0) return index;
  }
  return FailNoKernel(spec, features, isas, error);
}

}  // namespace

const Kernel& KernelAt(int32_t index) { return kKernels[index]; }

bool IsaName::Is(const char* isa) const { return strlen(isa) == length && memcmp(isa, text, length) == 0; }

IsaName NextIsa(const char** list) {
  const char* begin = *list;
  const char* end = begin + strcspn(begin, ",");
  *list = *end == ',' ? end + 1 : nullptr;
  return {begin, static_cast<size_t>(end - begin)};
}

int32_t CheckIsas(const char* isas, uint64_t features, Error error) {
  int32_t status = BITMATMUL_OK;
  for (const char* list = isas; list != nullptr && status == BITMATMUL_OK;) {
    status = CheckIsa(NextIsa(&list), features, error);
  }
  return status;
}

bool DescribeMissing(uint64_t needed, uint64_t features, char* text, size_t size) {
  TextBuilder builder(text, size);
  const char* separator = "";
  for (int bit = 0; bit < 64; ++bit) {
    const uint64_t feature = uint64_t{1} << bit;
    if ((needed & ~features & feature) == 0) continue;
    builder.Append("%s%s", separator, bitmatmul_feature_name(feature));
    separator = ", ";
  }
  return (needed & ~features) != 0;
}

}  // namespace bitmatmul

extern "C" {

using bitmatmul::kCount;
using bitmatmul::kKernels;

int32_t bitmatmul_kernel_count(void) { return kCount; }

int32_t bitmatmul_kernel_get(int32_t index, bitmatmul_kernel_info* info) {
  if (index < 0 || index >= kCount || info == nullptr) return BITMATMUL_INVALID_ARGUMENT;
  *info = kKernels[index].info;
  return BITMATMUL_OK;
}

int32_t bitmatmul_kernel_runs_on(int32_t index, uint64_t features, char* reason, size_t reason_size) {
  if (index < 0 || index >= kCount) {
    bitmatmul::Fail({reason, reason_size}, BITMATMUL_INVALID_ARGUMENT, "kernel: found index %d, wanted 0..%d", index,
                    kCount - 1);
    return 0;
  }
  return bitmatmul::DescribeMissing(kKernels[index].info.features, features, reason, reason_size) ? 0 : 1;
}

int32_t bitmatmul_choose_kernel(const bitmatmul_spec* spec, int64_t m, uint64_t features, const char* isas, char* text,
                                size_t size) {
  if (bitmatmul_check_spec(spec, text, size) != BITMATMUL_OK) return -1;
  if (isas != nullptr && isas[0] != '\0') return bitmatmul::ChooseAmong(*spec, m, features, isas, {text, size});
  for (int32_t i = 0; i < kCount; ++i) {
    const bitmatmul_kernel_info& info = kKernels[i].info;
    if (bitmatmul::Takes(info, *spec) && m >= info.min_m && bitmatmul::RunsOn(info, features)) return i;
  }
  // Only M < 1 comes here: any kernel computes nothing. The last row of the table takes everything.
  return kCount - 1;
}

const char* bitmatmul_isa_override(void) {
  const char* value = getenv("BITMATMUL_ISA");
  return value != nullptr && value[0] != '\0' ? value : nullptr;
}

}  // extern "C"
