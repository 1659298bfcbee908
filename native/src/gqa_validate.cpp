// Attribute rules, array lengths and what a run gets: bitmatmul/gqa.h.
#include <cmath>

#include "bitmatmul/gqa.h"
#include "checks.h"
#include "gqa.h"

namespace bitmatmul {
namespace {

// The product of numbers >= 0; INT64_MAX where it is larger.
int64_t Elements(int64_t a, int64_t b, int64_t c, int64_t d) {
  int64_t product = 1;
  const int64_t factors[] = {a, b, c, d};
  for (const int64_t factor : factors) {
    if (factor != 0 && product > INT64_MAX / factor) return INT64_MAX;
    product *= factor;
  }
  return product;
}

int32_t CheckBetween(const char* name, int64_t found, int64_t least, int64_t most, const char* what, Error error) {
  if (found >= least && found <= most) return BITMATMUL_OK;
  return Fail(error, BITMATMUL_INVALID_ARGUMENT, "%s: found %lld, wanted %lld..%lld%s", name,
              static_cast<long long>(found), static_cast<long long>(least), static_cast<long long>(most), what);
}

int32_t CheckSizes(const bitmatmul_gqa_problem& p, const bitmatmul_gqa_call& c, Error error) {
  int32_t status = CheckBetween("batch", c.batch, 0, INT32_MAX, "", error);
  if (status == BITMATMUL_OK) status = CheckBetween("tokens", c.tokens, 0, INT32_MAX, "", error);
  if (status == BITMATMUL_OK) {
    status = CheckBetween("input total", c.total, c.tokens, p.positions, " (new tokens up to the rows of cos and sin)",
                          error);
  }
  if (status != BITMATMUL_OK) return status;
  return CheckBetween("columns of past_key and past_value", c.past_capacity, c.total - c.tokens, INT32_MAX,
                      " (total less new tokens, or more)", error);
}

int32_t CheckInputs(const bitmatmul_gqa_spec& s, const bitmatmul_gqa_call& c, Error error) {
  const bool packed = c.key == nullptr && c.value == nullptr;
  const int64_t kv = s.kv_num_heads * s.head_dim;
  const int64_t width = s.num_heads * s.head_dim + (packed ? 2 * kv : 0);
  int32_t status = CheckLength("query", c.query, c.query_count, Elements(c.batch, c.tokens, width, 1), error);
  const int64_t kv_count = packed ? 0 : Elements(c.batch, c.tokens, kv, 1);
  if (status == BITMATMUL_OK) status = CheckLength("key", c.key, c.key_count, kv_count, error);
  if (status == BITMATMUL_OK) status = CheckLength("value", c.value, c.value_count, kv_count, error);
  const int64_t past = Elements(c.batch, s.kv_num_heads, c.past_capacity, s.head_dim);
  if (status == BITMATMUL_OK) status = CheckLength("past_key", c.past_key, c.past_key_count, past, error);
  if (status == BITMATMUL_OK) status = CheckLength("past_value", c.past_value, c.past_value_count, past, error);
  if (status == BITMATMUL_OK) status = CheckLength("padding", c.padding, c.padding_count, c.batch, error);
  for (int64_t b = 0; status == BITMATMUL_OK && b < c.batch; ++b) {
    if (c.padding[b] >= 0 && c.padding[b] <= c.total) continue;
    status =
        Fail(error, BITMATMUL_INVALID_ARGUMENT, "input padding: found %lld at element %lld, wanted 0..%lld (total)",
             static_cast<long long>(c.padding[b]), static_cast<long long>(b), static_cast<long long>(c.total));
  }
  return status;
}

// The same buffer or nothing in common.
int32_t CheckApart(const char* name, const float* present, int64_t present_count, const float* past, int64_t past_count,
                   Error error) {
  if (present_count == 0 || past_count == 0) return BITMATMUL_OK;
  if (present == past && present_count == past_count) return BITMATMUL_OK;
  const uintptr_t a = reinterpret_cast<uintptr_t>(present), b = reinterpret_cast<uintptr_t>(past);
  const uintptr_t size = sizeof(float);
  if (a + static_cast<uintptr_t>(present_count) * size <= b || b + static_cast<uintptr_t>(past_count) * size <= a) {
    return BITMATMUL_OK;
  }
  return Fail(error, BITMATMUL_INVALID_ARGUMENT,
              "present_%s: found a part of past_%s's memory, wanted all of it, with room for total columns, or none",
              name, name);
}

int32_t CheckOutputs(const bitmatmul_gqa_spec& s, const bitmatmul_gqa_call& c, Error error) {
  const int64_t capacity = c.past_capacity > c.total ? c.past_capacity : c.total;
  const int64_t present = Elements(c.batch, s.kv_num_heads, capacity, s.head_dim);
  const int64_t y = Elements(c.batch, c.tokens, s.num_heads, s.head_dim);
  int32_t status = CheckBuffer("Y", c.y, c.y_count, y, error);
  if (status == BITMATMUL_OK) {
    status = CheckBuffer("present_key", c.present_key, c.present_key_count, present, error);
  }
  if (status == BITMATMUL_OK) {
    status = CheckBuffer("present_value", c.present_value, c.present_value_count, present, error);
  }
  if (status == BITMATMUL_OK) {
    status = CheckApart("key", c.present_key, c.present_key_count, c.past_key, c.past_key_count, error);
  }
  if (status != BITMATMUL_OK) return status;
  return CheckApart("value", c.present_value, c.present_value_count, c.past_value, c.past_value_count, error);
}

}  // namespace

int32_t CheckGqaInputs(const bitmatmul_gqa_problem& problem, const bitmatmul_gqa_call& call, Error error) {
  const int32_t status = CheckSizes(problem, call, error);
  return status == BITMATMUL_OK ? CheckInputs(problem.spec, call, error) : status;
}

}  // namespace bitmatmul

extern "C" {

int32_t bitmatmul_gqa_check_spec(const bitmatmul_gqa_spec* spec, char* text, size_t size) {
  using namespace bitmatmul;
  const Error error{text, size};
  if (spec == nullptr) return Fail(error, BITMATMUL_INVALID_ARGUMENT, "spec: found NULL");
  int32_t status = CheckRange("num_heads", spec->num_heads, BITMATMUL_GQA_MAX_HEADS, error);
  if (status == BITMATMUL_OK) status = CheckRange("kv_num_heads", spec->kv_num_heads, spec->num_heads, error);
  if (status == BITMATMUL_OK) status = CheckRange("head_dim", spec->head_dim, BITMATMUL_GQA_MAX_HEAD_DIM, error);
  if (status != BITMATMUL_OK) return status;
  if (spec->num_heads % spec->kv_num_heads != 0) {
    return Fail(error, BITMATMUL_INVALID_ARGUMENT,
                "attribute kv_num_heads: found %lld, wanted a divisor of num_heads, %lld",
                static_cast<long long>(spec->kv_num_heads), static_cast<long long>(spec->num_heads));
  }
  if (spec->head_dim % BITMATMUL_GQA_LANES != 0) {
    return Fail(error, BITMATMUL_INVALID_ARGUMENT, "attribute head_dim: found %lld, wanted a multiple of %d",
                static_cast<long long>(spec->head_dim), BITMATMUL_GQA_LANES);
  }
  if (spec->scale > 0 && std::isfinite(spec->scale)) return BITMATMUL_OK;
  return Fail(error, BITMATMUL_INVALID_ARGUMENT, "attribute scale: found %g, wanted a finite number above 0",
              static_cast<double>(spec->scale));
}

int32_t bitmatmul_gqa_check_problem(const bitmatmul_gqa_problem* problem, char* text, size_t size) {
  using namespace bitmatmul;
  const Error error{text, size};
  if (problem == nullptr) return Fail(error, BITMATMUL_INVALID_ARGUMENT, "problem: found NULL");
  int32_t status = bitmatmul_gqa_check_spec(&problem->spec, text, size);
  if (status != BITMATMUL_OK) return status;
  if (problem->positions < 1 || problem->positions > INT32_MAX) {
    return Fail(error, BITMATMUL_INVALID_ARGUMENT, "rows of cos and sin: found %lld, wanted 1..2147483647",
                static_cast<long long>(problem->positions));
  }
  const int64_t count = problem->positions * (problem->spec.head_dim / 2);
  status = CheckLength("cos", problem->cos, problem->cos_count, count, error);
  return status == BITMATMUL_OK ? CheckLength("sin", problem->sin, problem->sin_count, count, error) : status;
}

int32_t bitmatmul_gqa_check_call(const bitmatmul_gqa_problem* problem, const bitmatmul_gqa_call* call, char* text,
                                 size_t size) {
  using namespace bitmatmul;
  const Error error{text, size};
  int32_t status = bitmatmul_gqa_check_problem(problem, text, size);
  if (status != BITMATMUL_OK) return status;
  if (call == nullptr) return Fail(error, BITMATMUL_INVALID_ARGUMENT, "call: found NULL");
  status = CheckGqaInputs(*problem, *call, error);
  return status == BITMATMUL_OK ? CheckOutputs(problem->spec, *call, error) : status;
}

}  // extern "C"
