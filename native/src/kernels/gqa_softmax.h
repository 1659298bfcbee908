// Exponentials of scores in the contract's arithmetic; the names are those of gqa_rows.h.
#pragma once

#include <math.h>

#include <cstdint>

namespace bitmatmul {
namespace {

// x <= 0, or NaN.
inline Vec Exp(Vec x) {
  const Vec n = Round(Multiply(x, Each(1.44269504f)));
  Vec r = Fma(n, Each(-0.693359375f), x);
  r = Fma(n, Each(2.12194440e-4f), r);
  Vec p = Each(1.9875691500e-4f);
  p = Fma(p, r, Each(1.3981999507e-3f));
  p = Fma(p, r, Each(8.3334519073e-3f));
  p = Fma(p, r, Each(4.1665795894e-2f));
  p = Fma(p, r, Each(1.6666665459e-1f));
  p = Fma(p, r, Each(5.0000001201e-1f));
  const Vec e = Add(Fma(p, Multiply(r, r), r), Each(1));
  return ZeroBelow(x, -87, Multiply(e, PowerOfTwo(n)));
}

// Of a row's first `count` scores; there is room for whole vectors. What is behind them becomes +0.
inline float Softmax(float* scores, int64_t count) {
  const Vec none = Each(-HUGE_VALF);
  Vec largest = none;
  int64_t t = 0;
  for (; t + 16 <= count; t += 16) largest = Max(Load(scores + t), largest);
  if (t < count) largest = Max(KeepFirst(Load(scores + t), count - t, none), largest);
  const Vec m = Each(Largest(largest));
  Vec sums = Zero();
  for (t = 0; t + 16 <= count; t += 16) {
    const Vec e = Exp(Subtract(Load(scores + t), m));
    Store(scores + t, e);
    sums = Add(sums, e);
  }
  if (t < count) {
    const Vec e = KeepFirst(Exp(Subtract(Load(scores + t), m)), count - t, Zero());
    Store(scores + t, e);
    sums = Add(sums, e);
  }
  return 1 / SumUp(sums);
}

}  // namespace
}  // namespace bitmatmul
