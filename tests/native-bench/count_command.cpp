#include <stdexcept>

#include "bitmatmul/bitmatmul.h"
#include "commands.h"
#include "weight_set.h"

namespace bitmatmul::bench {

void CountCommand(int argc, char** argv) {
  const Options options(argc, argv,
                        {{"isa", "scalar"},
                         {"packing", "ternary16"},
                         {"activation", "int8"},
                         {"n", "160"},
                         {"k", "640"},
                         {"m", "1"},
                         {"products", "1"}});
  bitmatmul_spec spec{};
  spec.n = options.Integer("n", 1);
  spec.k = options.Integer("k", 1);
  spec.packing = bitmatmul_packing_from_name(options.Text("packing").c_str());
  spec.activation = bitmatmul_activation_from_name(options.Text("activation").c_str());
  const int64_t m = options.Integer("m", 1);
  char error[256];
  if (bitmatmul_check_spec(&spec, error, sizeof(error)) != BITMATMUL_OK) throw std::runtime_error(error);
  const int32_t index =
      bitmatmul_choose_kernel(&spec, m, bitmatmul_cpu_features(), options.Text("isa").c_str(), error, sizeof(error));
  if (index < 0) throw std::runtime_error(error);
  const WeightSet weights(spec, MemoryKind::kSmallPages, 1);
  Products products(weights, m);
  Team alone(1);
  for (int64_t i = 0; i < options.Integer("products", 0); ++i) products.Run(KernelAt(index), 0, &alone);
}

}  // namespace bitmatmul::bench
