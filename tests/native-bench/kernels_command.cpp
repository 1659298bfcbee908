#include <algorithm>
#include <cstdio>
#include <stdexcept>

#include "bitmatmul/bitmatmul.h"
#include "commands.h"
#include "limits.h"
#include "report.h"
#include "rounds.h"
#include "shapes.h"
#include "weight_set.h"

namespace bitmatmul::bench {
namespace {

// Up to this M, products read weights from a set that is larger than the caches; beyond, arithmetic is what takes time
// and two matrices do.
constexpr int64_t kMostStreamedRows = 16;

int32_t Named(const char* option, const std::string& name, int32_t number) {
  if (number < 0) throw std::runtime_error(std::string("--") + option + ": found unknown name " + name);
  return number;
}

bool Suits(const bitmatmul_kernel_info& info, const bitmatmul_spec& spec) {
  return (info.packings >> spec.packing & 1) != 0 && (info.activations >> spec.activation & 1) != 0 &&
         (spec.block_size == 0 || info.block_scales != 0);
}

// The limit of a kernel's products; null for those that are not of int8.
const Int8Peak* PeakOf(const Kernel& kernel, const bitmatmul_spec& spec) {
  return spec.activation == BITMATMUL_INT8 ? Int8PeakOf(kernel.info.isa) : nullptr;
}

class KernelBenchmark {
 public:
  explicit KernelBenchmark(const Options& options)
      : options_(options),
        table_(options.Flag("csv"), {"shape", "packing", "activation", "M", "threads", "kernel", "us", "GB/s",
                                     "Gweights/s", "TOPS", "of read", "of int8 peak"}),
        readers_(Readers()) {}

  void Run() {
    for (const Shape& shape : ReadShapes(options_.Text("shapes-file"), options_.List("shape"))) {
      for (const std::string& packing : options_.List("packing")) {
        for (const std::string& activation : options_.List("activation")) {
          for (int64_t block_size : options_.Integers("block-size", 0)) Measure(shape, packing, activation, block_size);
        }
      }
    }
    if (!measured_) throw std::runtime_error("found no kernel that suits these options and this CPU");
  }

 private:
  void Measure(const Shape& shape, const std::string& packing, const std::string& activation, int64_t block_size) {
    bitmatmul_spec spec{};
    spec.n = shape.n;
    spec.k = shape.k;
    spec.packing = Named("packing", packing, bitmatmul_packing_from_name(packing.c_str()));
    spec.activation = Named("activation", activation, bitmatmul_activation_from_name(activation.c_str()));
    spec.block_size = static_cast<int32_t>(block_size);
    char error[256];
    if (bitmatmul_check_spec(&spec, error, sizeof(error)) != BITMATMUL_OK) {
      fprintf(stderr, "%s: left out: %s\n", shape.Describe().c_str(), error);
      return;
    }
    if (Chosen(spec).empty()) {
      fprintf(stderr, "%s, %s, %s: left out: no kernel but the scalar one (--scalar true)\n", shape.Describe().c_str(),
              packing.c_str(), activation.c_str());
      return;
    }
    const MemoryKind kind = MemoryFromName(options_.Text("memory"));
    const int64_t bytes = options_.Flag("hot") ? 1 : options_.Integer("megabytes", 1) * 1000000;
    const WeightSet weights(spec, kind, bytes);
    for (int64_t threads : options_.Integers("threads", 1)) {
      Team team(static_cast<int>(threads));
      for (int64_t m : options_.Integers("m", 1)) Measure(shape, weights, m, &team);
    }
  }

  // The kernels that run here and suit the problem.
  std::vector<const Kernel*> Chosen(const bitmatmul_spec& spec) const {
    std::vector<const Kernel*> kernels;
    const std::vector<std::string> wanted = options_.List("kernel");
    for (int32_t i = 0; i < bitmatmul_kernel_count(); ++i) {
      const Kernel& kernel = KernelAt(i);
      const std::string name = kernel.info.name;
      if (!Suits(kernel.info, spec) || !bitmatmul_kernel_runs_on(i, bitmatmul_cpu_features(), nullptr, 0)) continue;
      bool named = false;
      for (const std::string& text : wanted) named |= name.find(text) != std::string::npos;
      const bool by_default = wanted.empty() && (kernel.info.features != 0 || options_.Flag("scalar"));
      if (named || by_default) kernels.push_back(&kernel);
    }
    return kernels;
  }

  // All kernels, all ways to read the weights, and the peaks of the kernels' instruction sets, in turns.
  void Measure(const Shape& shape, const WeightSet& weights, int64_t m, Team* team) {
    Products products(weights, m);
    const std::vector<const Kernel*> kernels = Chosen(weights.spec());
    std::vector<Contender> contenders;
    for (const Kernel* kernel : kernels) {
      contenders.push_back(
          {kernel->info.name, [&products, kernel, team](int64_t i) { products.Run(*kernel, i, team); }});
    }
    const size_t bytes = static_cast<size_t>(weights.matrix_bytes());
    for (const Reader& reader : readers_) {
      contenders.push_back(
          {reader.name, [&, bytes](int64_t i) { ReadStream(reader, weights.matrix(i), bytes, team); }});
    }
    const size_t peaks_begin = contenders.size();
    std::vector<const Int8Peak*> peaks;
    for (const Kernel* kernel : kernels) {
      const Int8Peak* peak = PeakOf(*kernel, weights.spec());
      if (peak == nullptr || std::find(peaks.begin(), peaks.end(), peak) != peaks.end()) continue;
      peaks.push_back(peak);
      contenders.push_back({peak->name, [peak, team](int64_t) { RunPeak(*peak, team); }});
    }
    const int64_t matrices = m <= kMostStreamedRows ? weights.matrices() : std::min<int64_t>(weights.matrices(), 2);
    const double milliseconds = static_cast<double>(options_.Integer("milliseconds", 1));
    // Before x and y of 512 rows are back in the caches after the others' turns, three or four products are over.
    const std::vector<double> seconds = MeasureInTurns(contenders, matrices, options_.Integer("rounds", 1),
                                                       milliseconds, options_.Flag("hot") ? milliseconds : 0);
    for (const Kernel* kernel : kernels) products.Verify(*kernel, matrices - 1, team);

    double read = seconds[kernels.size()];
    for (size_t i = kernels.size(); i < peaks_begin; ++i) read = std::min(read, seconds[i]);
    const double read_rate = static_cast<double>(bytes) / read;
    Row(shape, weights, m, team, "(raw read)", read, read_rate, 0);
    for (size_t i = 0; i < kernels.size(); ++i) {
      double peak_rate = 0;
      for (size_t j = 0; j < peaks.size(); ++j) {
        if (peaks[j] != PeakOf(*kernels[i], weights.spec())) continue;
        const double operations = static_cast<double>(peaks[j]->steps) * peaks[j]->ops * team->threads();
        peak_rate = operations / seconds[peaks_begin + j];
      }
      Row(shape, weights, m, team, kernels[i]->info.name, seconds[i], read_rate, peak_rate);
    }
    measured_ = true;
  }

  void Row(const Shape& shape, const WeightSet& weights, int64_t m, const Team* team, const std::string& kernel,
           double seconds, double read_rate, double peak_rate) const {
    const bool is_kernel = kernel[0] != '(';
    const double bytes = static_cast<double>(weights.matrix_bytes()) / seconds;
    const double weights_rate = static_cast<double>(m * shape.n * shape.k) / seconds;
    table_.Row({shape.Describe(), bitmatmul_packing_name(weights.spec().packing),
                bitmatmul_activation_name(weights.spec().activation), std::to_string(m),
                std::to_string(team->threads()), kernel, Number(seconds * 1e6, 2), Number(bytes / 1e9, 2),
                is_kernel ? Number(weights_rate / 1e9, 1) : "", is_kernel ? Number(2 * weights_rate / 1e12, 3) : "",
                Fraction(bytes, read_rate), Fraction(2 * weights_rate, peak_rate)});
  }

  const Options& options_;
  const Table table_;
  const std::vector<Reader> readers_;
  bool measured_ = false;
};

}  // namespace

void KernelsCommand(int argc, char** argv) {
  const Options options(argc, argv,
                        {{"shapes-file", BENCH_SHAPES},
                         {"shape", "2B-4T"},
                         {"packing", "ternary16,ternary20,binary32"},
                         {"activation", "int8"},
                         {"block-size", "0"},
                         {"m", "1,4,16,128,512"},
                         {"threads", "1,2"},
                         {"kernel", ""},
                         {"scalar", "false"},
                         {"memory", "huge"},
                         {"megabytes", std::to_string(MegabytesBeyondCaches())},
                         {"hot", "false"},
                         {"rounds", "7"},
                         {"milliseconds", "10"},
                         {"csv", "false"}});
  if (!options.Flag("csv")) {
    PrintMachine();
    printf("* medians of %s rounds in turns; weights %s\n\n", options.Text("rounds").c_str(),
           options.Flag("hot") ? "of one matrix, again and again"
                               : (options.Text("megabytes") + " MB, " + options.Text("memory") + " pages").c_str());
  }
  KernelBenchmark(options).Run();
}

}  // namespace bitmatmul::bench
