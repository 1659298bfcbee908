// CustomRmsNorm. As with CustomGatedUnit the compiler's vectors of the oldest CPU of an architecture do: a row of 16
// partial sums is four of them, and memory bounds the rest.
#include "rms_norm.h"

#include <cmath>

#include "checks.h"
#include "float_mode.h"
#include "kernels/canonical_nan.h"

namespace bitmatmul {
namespace {

constexpr int64_t kLanes = BITMATMUL_RMS_NORM_LANES;

float SumOfSquares(const float* x, int64_t n) {
  float sums[kLanes] = {};
  for (int64_t i = 0; i < n; i += kLanes) {
    for (int64_t lane = 0; lane < kLanes; ++lane) sums[lane] += x[i + lane] * x[i + lane];
  }
  for (int64_t half = kLanes / 2; half > 0; half /= 2) {
    for (int64_t lane = 0; lane < half; ++lane) sums[lane] += sums[lane + half];
  }
  return sums[0];
}

float Factor(const bitmatmul_rms_norm_problem& p, float sum) {
  const float mean = sum / static_cast<float>(p.n);
  return 1.0f / std::sqrt(mean + p.epsilon);
}

void MakeNaNsCanonical(float sum, float* y, int64_t n) {
  if (std::isfinite(sum)) return;  // no NaN can have come of it
  for (int64_t i = 0; i < n; ++i) {
    if (std::isnan(y[i])) y[i] = CanonicalNaN();
  }
}

void Row(const bitmatmul_rms_norm_problem& p, const float* x, float* y) {
  const float sum = SumOfSquares(x, p.n);
  const float factor = Factor(p, sum);
  for (int64_t i = 0; i < p.n; ++i) y[i] = x[i] * factor * p.weight[i];
  MakeNaNsCanonical(sum, y, p.n);
}

}  // namespace

// Not Row with x = y: where compilers see two pointers, their vectors are for rows apart alone.
void RmsNormRow(const bitmatmul_rms_norm_problem& p, float* row) {
  const float sum = SumOfSquares(row, p.n);
  const float factor = Factor(p, sum);
  for (int64_t i = 0; i < p.n; ++i) row[i] = row[i] * factor * p.weight[i];
  MakeNaNsCanonical(sum, row, p.n);
}

RmsNorm::RmsNorm(const bitmatmul_rms_norm_problem& problem, int64_t m, const float* x, float* y)
    : problem_(problem), tasks_(problem_.n, m), x_(x), y_(y) {}

void RmsNorm::Task(int64_t task) {
  const StandardFloatMode mode;
  const int64_t end = tasks_.Begin(task + 1);
  for (int64_t row = tasks_.Begin(task); row < end; ++row) Row(problem_, x_ + row * problem_.n, y_ + row * problem_.n);
}

int32_t CheckRmsNormAttributes(int64_t n, float epsilon, char* text, size_t size) {
  const Error error{text, size};
  const int32_t status = CheckRange("N", n, BITMATMUL_RMS_NORM_MAX_N, error);
  if (status != BITMATMUL_OK) return status;
  if (n % kLanes != 0) {
    return Fail(error, BITMATMUL_INVALID_ARGUMENT, "attribute N: found %lld, wanted a multiple of %lld",
                static_cast<long long>(n), static_cast<long long>(kLanes));
  }
  if (epsilon > 0 && std::isfinite(epsilon)) return BITMATMUL_OK;
  return Fail(error, BITMATMUL_INVALID_ARGUMENT, "attribute epsilon: found %g, wanted a finite number above 0",
              static_cast<double>(epsilon));
}

}  // namespace bitmatmul

extern "C" {

int32_t bitmatmul_rms_norm_check_problem(const bitmatmul_rms_norm_problem* problem, char* text, size_t size) {
  using namespace bitmatmul;
  const Error error{text, size};
  if (problem == nullptr) return Fail(error, BITMATMUL_INVALID_ARGUMENT, "problem: found NULL");
  int32_t status = CheckRmsNormAttributes(problem->n, problem->epsilon, text, size);
  if (status == BITMATMUL_OK) status = CheckLength("weight", problem->weight, problem->weight_count, problem->n, error);
  for (int64_t i = 0; status == BITMATMUL_OK && i < problem->n; ++i) {
    status = CheckFinite("weight", problem->weight[i], i, error);
  }
  return status;
}

int32_t bitmatmul_rms_norm(const bitmatmul_rms_norm_problem* problem, const float* x, int64_t x_count, int64_t m,
                           float* y, int64_t y_count, char* text, size_t size) {
  using namespace bitmatmul;
  int32_t status = bitmatmul_rms_norm_check_problem(problem, text, size);
  if (status == BITMATMUL_OK) status = CheckCall(x, x_count, m, y, y_count, problem->n, problem->n, {text, size});
  if (status != BITMATMUL_OK) return status;
  RmsNorm norm(*problem, m, x, y);
  for (int64_t task = 0; task < norm.Tasks(); ++task) norm.Task(task);
  return BITMATMUL_OK;
}

}  // extern "C"
