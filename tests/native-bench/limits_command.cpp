#include <algorithm>
#include <cstdio>
#include <cstring>
#include <memory>

#include "commands.h"
#include "limits.h"
#include "memory.h"
#include "report.h"
#include "rounds.h"

namespace bitmatmul::bench {
namespace {

constexpr size_t kCachedBytes = size_t{1} << 20;

struct Limit {
  std::string name;
  int threads;
  std::string unit;
  // Does some work; how many units that is.
  std::function<double()> work;
  double units = 0;
  std::vector<double> seconds;
};

class Limits {
 public:
  explicit Limits(const Options& options)
      : milliseconds_(static_cast<double>(options.Integer("milliseconds", 1))),
        stream_bytes_(static_cast<size_t>(options.Integer("stream-bytes", kReadStep)) / 4096 * 4096),
        bytes_(static_cast<size_t>(options.Integer("megabytes", 1)) * 1000000) {
    if (stream_bytes_ == 0) stream_bytes_ = 4096;
    if (bytes_ < stream_bytes_) bytes_ = stream_bytes_;
    streams_in_sample_ = std::max<int64_t>(1, options.Integer("sample-bytes", 0) / static_cast<int64_t>(stream_bytes_));
    // One team at a time: idle threads of another would wait busily.
    for (int64_t threads : options.Integers("threads", 1)) thread_counts_.push_back(static_cast<int>(threads));
    for (MemoryKind kind : {MemoryKind::kHugePages, MemoryKind::kSmallPages, MemoryKind::kFile}) {
      memories_.push_back(std::make_unique<Memory>(kind, bytes_));
      memset(memories_.back()->data(), 1, bytes_);
    }
    most_threads_ = *std::max_element(thread_counts_.begin(), thread_counts_.end());
    cached_ = std::make_unique<Memory>(MemoryKind::kHugePages, kCachedBytes * static_cast<size_t>(most_threads_));
    memset(cached_->data(), 1, cached_->bytes());
  }

  std::string DescribeMemory() const {
    return std::to_string(bytes_ / 1000000) + " MB in streams of " + std::to_string(stream_bytes_) + " bytes; " +
           memories_[0]->Describe();
  }

  // The median over the rounds of the best way to read.
  void Measure(int64_t rounds, const Table& table) {
    for (int threads : thread_counts_) {
      Team team(threads);
      std::vector<Limit> limits;
      const MemoryKind kinds[] = {MemoryKind::kHugePages, MemoryKind::kSmallPages, MemoryKind::kFile};
      for (size_t i = 0; i < memories_.size(); ++i) {
        const Memory& memory = *memories_[i];
        const auto read = [this, &memory, &team](const Reader& reader) {
          for (int64_t i = 0; i < streams_in_sample_; ++i) {
            // The stream that has not been read for the longest time, whoever read it.
            next_stream_ = (next_stream_ + 1) % (bytes_ / stream_bytes_);
            ReadStream(reader, memory.data() + next_stream_ * stream_bytes_, stream_bytes_, &team);
          }
          return static_cast<double>(stream_bytes_) * static_cast<double>(streams_in_sample_);
        };
        AddReads(&limits, std::string("read_") + MemoryName(kinds[i]), threads, read);
      }
      AddReads(&limits, "read_l2", threads,
               [this, &team](const Reader& r) { return ReadCached(r, cached_->data(), kCachedBytes, &team); });
      for (const Int8Peak& peak : Int8Peaks()) {
        if (!Runs(peak)) continue;
        const auto run = [&peak, &team] { return RunPeak(peak, &team); };
        limits.push_back({"int8_" + peak.name, threads, "ops/s", run, 0, {}});
      }
      for (int64_t round = 0; round < rounds; ++round) {
        for (Limit& limit : limits) SampleFor(milliseconds_, [&] { limit.units = limit.work(); }, &limit.seconds);
      }
      Print(limits, table);
    }
  }

 private:
  void AddReads(std::vector<Limit>* limits, const std::string& name, int threads,
                const std::function<double(const Reader&)>& work) {
    for (const Reader& reader : readers_) {
      limits->push_back({name + ";" + reader.name, threads, "B/s", [&reader, work] { return work(reader); }, 0, {}});
    }
  }

  // Of several ways to read, the best.
  void Print(const std::vector<Limit>& limits, const Table& table) const {
    for (size_t i = 0; i < limits.size();) {
      const std::string name = limits[i].name.substr(0, limits[i].name.find(';'));
      double best = 0;
      std::string how = "";
      for (; i < limits.size() && limits[i].name.substr(0, limits[i].name.find(';')) == name; ++i) {
        const double value = limits[i].units / Median(limits[i].seconds);
        if (value <= best) continue;
        best = value;
        how = limits[i].name == name ? "" : limits[i].name.substr(name.size() + 1);
      }
      const bool is_read = limits[i - 1].unit == "B/s";
      table.Row({name, std::to_string(limits[i - 1].threads), is_read ? Number(best / 1e9, 2) : Number(best / 1e12, 3),
                 is_read ? "GB/s" : "TOPS", how});
    }
  }

  double milliseconds_;
  size_t stream_bytes_;
  size_t bytes_;
  int64_t streams_in_sample_;
  std::vector<int> thread_counts_;
  int most_threads_ = 1;
  size_t next_stream_ = 0;
  std::vector<Reader> readers_ = Readers();
  std::vector<std::unique_ptr<Memory>> memories_;
  std::unique_ptr<Memory> cached_;
};

}  // namespace

void LimitsCommand(int argc, char** argv) {
  const Options options(argc, argv,
                        {{"threads", "1,2"},
                         {"megabytes", std::to_string(MegabytesBeyondCaches())},
                         {"stream-bytes", "4423680"},
                         {"sample-bytes", "0"},  // streams one after the other, timed together; less than one: one
                         {"rounds", "5"},
                         {"milliseconds", "20"},
                         {"csv", "false"}});
  const bool csv = options.Flag("csv");
  Limits limits(options);
  if (!csv) {
    PrintMachine();
    printf("* medians of %s rounds; %s\n\n", options.Text("rounds").c_str(), limits.DescribeMemory().c_str());
  }
  const Table table(csv, {"limit", "threads", "value", "unit", "how"});
  limits.Measure(options.Integer("rounds", 1), table);
  for (const Int8Peak& peak : Int8Peaks()) {
    if (!Runs(peak)) fprintf(stderr, "int8_%s: not measured, this CPU lacks it\n", peak.name.c_str());
  }
  if (Int8Peaks().empty()) fprintf(stderr, "int8 peaks: not measured, this build has none\n");
}

}  // namespace bitmatmul::bench
