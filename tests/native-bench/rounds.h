// Contenders that are measured in turns, so that a noisy neighbour troubles all of them alike.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace bitmatmul::bench {

struct Contender {
  std::string name;
  // One unit of work on matrix number `matrix` of the set.
  std::function<void(int64_t matrix)> run;
};

// The median of an odd or even number of values.
double Median(std::vector<double> values);

// Appends seconds a call, each over as few calls as the clock can tell apart, until the time is over. Many short
// samples and their median hold out against neighbours that take the CPU away for a while; one long sample does not.
void SampleFor(double milliseconds, const std::function<void()>& call, std::vector<double>* seconds);

// Median seconds of each contender for one unit of work.
// In each round each contender takes the matrices that follow those of the contender before it, round and round, for
// about that many milliseconds: so it finds the matrices that have not been touched for the longest time.
// Each turn begins with `warm_up` milliseconds that do not count.
std::vector<double> MeasureInTurns(const std::vector<Contender>& contenders, int64_t matrices, int64_t rounds,
                                   double milliseconds, double warm_up);

}  // namespace bitmatmul::bench
