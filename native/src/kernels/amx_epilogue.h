// From the sums of a block of tiles to y, piece by piece while other work goes on.
// Files of one instruction set each compile their own copy: see kernel.h.
#pragma once

#include <immintrin.h>

#include <cstdint>

#include "kernels/kernel.h"

namespace bitmatmul {
namespace {

constexpr int64_t kRowTiles = 2;                  // of W, at once
constexpr int64_t kLine = kRowTiles * kTileRows;  // sums of a row of X

// Rows of X that a pass over W takes.
struct Pass {
  int64_t m;
  int64_t rows;
  int64_t tiles;  // of X; a last one that is not full starts further up and computes some rows again
};

// Computes y from the sums of a block, some rows at a time.
struct Epilogue {
  const int32_t* sums;  // [rows][32]
  const int32_t* q_sum;
  const float* inv_scale;
  float* y;
  int64_t n;
  int64_t tile_columns;  // of y, from the first row tile to the second
  int64_t row;
  int64_t rows;
  int64_t first_shifted;  // rows of sums from here on stand `shift` rows further up in X
  int64_t shift;
  __m512 scale[kRowTiles];
  __m512 bias[kRowTiles];
  __mmask16 lanes[kRowTiles];

  void Advance(int64_t count) {
    int64_t end = row + count;
    if (end > rows) end = rows;
    for (; row < end; ++row) {
      const int64_t m = row < first_shifted ? row : row - shift;
      const __m512i q = _mm512_set1_epi32(q_sum[m]);
      const __m512 inv = _mm512_set1_ps(inv_scale[m]);
      for (int64_t t = 0; t < kRowTiles; ++t) {
        const __m512i acc = _mm512_sub_epi32(_mm512_load_si512(sums + row * kLine + t * kTileRows), q);
        const __m512 v = _mm512_mul_ps(_mm512_mul_ps(_mm512_cvtepi32_ps(acc), scale[t]), inv);
        _mm512_mask_storeu_ps(y + m * n + t * tile_columns, lanes[t], _mm512_add_ps(v, bias[t]));
      }
    }
  }
  void Finish() { Advance(rows); }
};

// Scales and biases of the row tiles `tile` and `tile + run`; where the second does not exist the first is computed
// twice and stored once.
void SetRowTiles(const MatMulArgs& a, int64_t tile, int64_t run, int64_t tile_end, Epilogue* e) {
  e->tile_columns = run * kTileRows;
  for (int64_t t = 0; t < kRowTiles; ++t) {
    const int64_t first = (tile + t * run) * kTileRows;
    int64_t left = tile + t * run < tile_end ? a.n - first : 0;
    if (left > kTileRows) left = kTileRows;
    const __mmask16 lanes = static_cast<__mmask16>((1u << left) - 1);
    e->lanes[t] = lanes;
    e->scale[t] = a.scale_stride == 0 ? _mm512_set1_ps(a.scale[0]) : _mm512_maskz_loadu_ps(lanes, a.scale + first);
    // Adding -0.0 changes no float.
    e->bias[t] = a.bias == nullptr ? _mm512_set1_ps(-0.0f) : _mm512_maskz_loadu_ps(lanes, a.bias + first);
  }
}

// Where the results of the tiles [x, x + tiles) of X go, from row n of W on; scales and biases are those of the row
// tiles already.
void SetRows(const MatMulArgs& a, const Pass& pass, int64_t n, int64_t x, int64_t tiles, const int32_t* sums,
             Epilogue* e) {
  const int64_t first = x * kTileRows;
  const int64_t m = pass.m + first;
  e->sums = sums;
  e->q_sum = a.q_sum + m;
  e->inv_scale = a.inv_scale + m;
  e->y = a.y + m * a.n + n;
  e->n = a.n;
  e->row = 0;
  e->rows = pass.rows < kTileRows ? pass.rows : tiles * kTileRows;
  e->first_shifted = e->rows - kTileRows;
  e->shift = first + e->rows > pass.rows ? first + e->rows - pass.rows : 0;
}

}  // namespace
}  // namespace bitmatmul
