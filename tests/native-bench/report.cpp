#include "report.h"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <thread>

#include "bitmatmul/bitmatmul.h"
#include "memory.h"

namespace bitmatmul::bench {
namespace {

std::string CpuName() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);) {
    if (line.rfind("model name", 0) == 0) return line.substr(line.find(':') + 2);
  }
  return "CPU of unknown name";
}

std::string Features() {
  std::string text;
  for (uint64_t rest = bitmatmul_cpu_features(); rest != 0; rest &= rest - 1) {
    text += (text.empty() ? "" : ", ") + std::string(bitmatmul_feature_name(rest & (~rest + 1)));
  }
  return text;
}

std::string Load() {
  double load = 0;
#if defined(__unix__) || defined(__APPLE__)
  if (getloadavg(&load, 1) == 1) return Number(load, 2);
#endif
  return "unknown";
}

std::string Time() {
  const time_t now = time(nullptr);
  char text[64];
  strftime(text, sizeof(text), "%Y-%m-%d %H:%M UTC", gmtime(&now));
  return text;
}

}  // namespace

Table::Table(bool csv, const std::vector<std::string>& header) : csv_(csv) {
  Line(header);
  if (!csv) Line(std::vector<std::string>(header.size(), "---"));
}

void Table::Row(const std::vector<std::string>& cells) const { Line(cells); }

void Table::Line(const std::vector<std::string>& cells) const {
  std::string line = csv_ ? "" : "| ";
  for (size_t i = 0; i < cells.size(); ++i) line += (i == 0 ? "" : csv_ ? ";" : " | ") + cells[i];
  printf("%s%s\n", line.c_str(), csv_ ? "" : " |");
  fflush(stdout);
}

std::string Number(double value, int digits) {
  char text[64];
  snprintf(text, sizeof(text), "%.*f", digits, value);
  return text;
}

std::string Fraction(double value, double limit) { return limit > 0 ? Number(value / limit, 2) : ""; }

void PrintMachine() {
  printf("* machine: %s, %u CPUs, %s\n", CpuName().c_str(), std::thread::hardware_concurrency(), Features().c_str());
  printf("* library %s, compiled by %s\n", bitmatmul_version(), BENCH_COMPILER);
  printf("* largest cache %lld MiB; %s, load average %s\n\n", static_cast<long long>(LargestCacheBytes() >> 20),
         Time().c_str(), Load().c_str());
}

}  // namespace bitmatmul::bench
