// What tests of kernels say, and what they ask of the check and choose functions of every op.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "bitmatmul/cpu_info.h"
#include "dispatch.h"
#include "problems.h"

namespace bitmatmul::test {

// Empty where this CPU runs the kernel, otherwise that it was not tested and why.
template <class Info>
std::string WhyNotTested(const Info& info) {
  char missing[256];
  if (!DescribeMissing(info.features, bitmatmul_cpu_features(), missing, sizeof(missing))) return "";
  return std::string(info.name) + " was not tested: this CPU lacks " + missing;
}

// What a failure of the current test with this kernel says of how to run it again.
template <class Info>
std::string Replay(const Info& info, const std::string& problem) {
  const auto* test = testing::UnitTest::GetInstance()->current_test_info();
  return "\n" + std::string(info.name) + " with " + problem +
         "\nto run it again: BITMATMUL_TEST_SEED=" + std::to_string(TestSeed()) +
         " bitmatmul_test --gtest_filter=" + test->test_suite_name() + "." + test->name();
}

// Both passes of a product in the pieces that ONNX Runtime would run, one after the other.
template <class Product>
void RunTasks(Product* product) {
  for (int64_t task = 0; task < product->QuantizeTasks(); ++task) product->QuantizeTask(task);
  for (int64_t task = 0; task < product->MultiplyTasks(); ++task) product->MultiplyTask(task);
}

// The error of a check_spec or check_problem function, which says something exactly where it fails.
template <class Checked>
std::string ErrorOf(int32_t (*check)(const Checked*, char*, size_t), const Checked& value) {
  char error[512] = "";
  const int32_t status = check(&value, error, sizeof(error));
  EXPECT_EQ(status == BITMATMUL_OK, error[0] == '\0') << error;
  return error;
}

// The name of the kernel that a choose_kernel function gives, or its error.
template <class KernelAt>
std::string ChosenName(int32_t (*choose)(uint64_t, const char*, char*, size_t), KernelAt kernel_at, uint64_t features,
                       const char* isas) {
  char error[512] = "";
  const int32_t index = choose(features, isas, error, sizeof(error));
  EXPECT_EQ(index < 0, error[0] != '\0') << error;
  return index < 0 ? error : kernel_at(index).info.name;
}

}  // namespace bitmatmul::test
