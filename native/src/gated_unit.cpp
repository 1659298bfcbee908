// CustomGatedUnit. Memory is what bounds it: the compiler's vectors of the oldest CPU of an architecture do, and there
// is no kernel for each instruction set.
#include "gated_unit.h"

#include <cstring>

#include "checks.h"
#include "float_mode.h"
#include "rms_norm.h"

namespace bitmatmul {
namespace {

int32_t Bits(float value) {
  int32_t bits;
  memcpy(&bits, &value, sizeof(bits));
  return bits;
}

float Value(int32_t bits) {
  float value;
  memcpy(&value, &bits, sizeof(value));
  return value;
}

// All bits set where a > b.
int32_t Above(int32_t a, int32_t b) { return -static_cast<int32_t>(a > b); }

// In integers and without a branch, so that compilers make vectors of it: comparisons of floats might raise a flag.
void Relu2Row(const float* x, int64_t n, float* y) {
  constexpr int32_t kInfinity = 0x7f800000, kMinusInfinity = -0x00800000, kMagnitude = 0x7fffffff, kNaN = 0x7fc00000;
  for (int64_t i = 0; i < n; ++i) {
    const int32_t bits = Bits(x[i]);
    // In the order of integers, what is negative and no NaN comes first. A zero's sign goes with its square.
    const float gate = Value(bits & Above(bits, kMinusInfinity));
    const int32_t product = Bits(gate * gate * x[n + i]);
    const int32_t nan = Above(product & kMagnitude, kInfinity);
    y[i] = Value((product & ~nan) | (kNaN & nan));
  }
}

}  // namespace

GatedUnit::GatedUnit(const bitmatmul_gated_unit_spec& spec, const bitmatmul_rms_norm_problem* norm, int64_t m,
                     const float* x, float* y)
    : n_(spec.n),
      has_norm_(norm != nullptr),
      norm_(has_norm_ ? *norm : bitmatmul_rms_norm_problem{}),
      tasks_(n_, m),
      x_(x),
      y_(y) {}

void GatedUnit::Row(const float* x, float* y) const {
  Relu2Row(x, n_, y);
  if (has_norm_) RmsNormRow(norm_, y);
}

void GatedUnit::Task(int64_t task) {
  const StandardFloatMode mode;
  const int64_t end = tasks_.Begin(task + 1);
  for (int64_t row = tasks_.Begin(task); row < end; ++row) Row(x_ + row * 2 * n_, y_ + row * n_);
}

}  // namespace bitmatmul

extern "C" {

int32_t bitmatmul_gate_from_name(const char* name) { return strcmp(name, "relu2") == 0 ? BITMATMUL_GATE_RELU2 : -1; }

int32_t bitmatmul_gated_unit_check_spec(const bitmatmul_gated_unit_spec* spec, char* text, size_t size) {
  using namespace bitmatmul;
  const Error error{text, size};
  if (spec == nullptr) return Fail(error, BITMATMUL_INVALID_ARGUMENT, "spec: found NULL");
  if (spec->activation != BITMATMUL_GATE_RELU2) {
    return Fail(error, BITMATMUL_INVALID_ARGUMENT, "attribute activation: found %d, wanted 0 (relu2)",
                spec->activation);
  }
  return CheckRange("N", spec->n, BITMATMUL_GATED_UNIT_MAX_N, error);
}

int32_t bitmatmul_gated_unit_check_norm(const bitmatmul_gated_unit_spec* spec, const bitmatmul_rms_norm_problem* norm,
                                        char* text, size_t size) {
  using namespace bitmatmul;
  if (norm == nullptr) return BITMATMUL_OK;
  const int32_t status = bitmatmul_rms_norm_check_problem(norm, text, size);
  if (status != BITMATMUL_OK || norm->n == spec->n) return status;
  return Fail({text, size}, BITMATMUL_INVALID_ARGUMENT, "norm: found N = %lld, wanted %lld",
              static_cast<long long>(norm->n), static_cast<long long>(spec->n));
}

int32_t bitmatmul_gated_unit(const bitmatmul_gated_unit_spec* spec, const bitmatmul_rms_norm_problem* norm,
                             const float* x, int64_t x_count, int64_t m, float* y, int64_t y_count, char* text,
                             size_t size) {
  using namespace bitmatmul;
  int32_t status = bitmatmul_gated_unit_check_spec(spec, text, size);
  if (status == BITMATMUL_OK) status = bitmatmul_gated_unit_check_norm(spec, norm, text, size);
  if (status == BITMATMUL_OK) status = CheckCall(x, x_count, m, y, y_count, 2 * spec->n, spec->n, {text, size});
  if (status != BITMATMUL_OK) return status;
  GatedUnit unit(*spec, norm, m, x, y);
  for (int64_t task = 0; task < unit.Tasks(); ++task) unit.Task(task);
  return BITMATMUL_OK;
}

}  // extern "C"
