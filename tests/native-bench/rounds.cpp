#include "rounds.h"

#include <algorithm>
#include <chrono>

namespace bitmatmul::bench {
namespace {

// Seconds: a thousand times what a look at the clock takes.
constexpr double kShortestSample = 20e-6;

}  // namespace

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

void SampleFor(double milliseconds, const std::function<void()>& call, std::vector<double>* seconds) {
  using Clock = std::chrono::steady_clock;
  const Clock::time_point end = Clock::now() + std::chrono::microseconds(static_cast<int64_t>(milliseconds * 1000));
  int64_t calls = 1;
  for (Clock::time_point now = Clock::now(); now < end;) {
    const Clock::time_point start = now;
    for (int64_t i = 0; i < calls; ++i) call();
    now = Clock::now();
    const double elapsed = std::chrono::duration<double>(now - start).count();
    if (elapsed < kShortestSample) {
      calls *= 2;
    } else {
      seconds->push_back(elapsed / static_cast<double>(calls));
    }
  }
  // The time may be over before a sample was long enough.
  if (seconds->empty()) SampleFor(milliseconds * 2, call, seconds);
}

std::vector<double> MeasureInTurns(const std::vector<Contender>& contenders, int64_t matrices, int64_t rounds,
                                   double milliseconds, double warm_up) {
  std::vector<std::vector<double>> seconds(contenders.size());
  std::vector<double> uncounted;
  int64_t matrix = 0;
  for (int64_t round = -1; round < rounds; ++round) {  // the first one warms up
    for (size_t c = 0; c < contenders.size(); ++c) {
      const auto call = [&] {
        contenders[c].run(matrix);
        matrix = (matrix + 1) % matrices;
      };
      if (round == 0) seconds[c].clear();
      if (warm_up > 0) SampleFor(warm_up, call, &uncounted);
      SampleFor(milliseconds, call, &seconds[c]);
    }
  }
  std::vector<double> medians;
  for (const std::vector<double>& values : seconds) medians.push_back(Median(values));
  return medians;
}

}  // namespace bitmatmul::bench
