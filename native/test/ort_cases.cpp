// Runs conformance cases in ONNX Runtime with the op library, and compares bits: for machines without Java.
//
//   ort_cases LIBONNXRUNTIME LIBBITMATMUL FOLDER
//
// FOLDER/cases.tsv has a line a case: model file, file of X, file of the wanted Y, dimensions of X with commas between
// them, and a description. Float files are raw and little-endian. Exit code 0: at least one case, and all the same
// bits.
#include <dlfcn.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include "ort_host.h"

namespace {

const OrtApi* api;

[[noreturn]] void Die(const std::string& message) {
  fprintf(stderr, "ort_cases: %s\n", message.c_str());
  exit(2);
}

void Check(OrtStatus* status, const std::string& what) {
  if (status != nullptr) Die(what + ": " + api->GetErrorMessage()(status));
}

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) Die("found no file " + path);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<float> ReadFloats(const std::string& path) {
  const std::string bytes = ReadFile(path);
  std::vector<float> values(bytes.size() / sizeof(float));
  memcpy(values.data(), bytes.data(), values.size() * sizeof(float));
  return values;
}

struct Case {
  std::string model, x, y, replay;
  std::vector<int64_t> dims;
};

Case ParseCase(const std::string& line) {
  std::istringstream fields(line);
  Case parsed;
  std::string dims;
  std::getline(fields, parsed.model, '\t');
  std::getline(fields, parsed.x, '\t');
  std::getline(fields, parsed.y, '\t');
  std::getline(fields, dims, '\t');
  if (!std::getline(fields, parsed.replay)) Die("cases.tsv: found line '" + line + "', wanted five fields");
  std::istringstream numbers(dims);
  for (std::string number; std::getline(numbers, number, ',');) parsed.dims.push_back(std::stoll(number));
  return parsed;
}

std::vector<float> Run(const OrtEnv* env, const OrtSessionOptions* options, const OrtMemoryInfo* memory,
                       const std::string& model, const Case& c, std::vector<float>& x) {
  OrtSession* session = nullptr;
  Check(host::CreateSession(*api)(env, model.c_str(), options, &session), c.replay);
  OrtValue* input = nullptr;
  Check(host::CreateTensorWithDataAsOrtValue(*api)(memory, x.data(), x.size() * sizeof(float), c.dims.data(),
                                                   c.dims.size(), kOrtFloat, &input),
        c.replay);
  const char* x_name = "X";
  const char* y_name = "Y";
  OrtValue* output = nullptr;
  Check(host::Run(*api)(session, nullptr, &x_name, &input, 1, &y_name, 1, &output), c.replay);

  OrtTensorTypeAndShapeInfo* info = nullptr;
  Check(api->GetTensorTypeAndShape()(output, &info), c.replay);
  size_t rank = 0;
  Check(api->GetDimensionsCount()(info, &rank), c.replay);
  std::vector<int64_t> dims(rank);
  Check(api->GetDimensions()(info, dims.data(), rank), c.replay);
  api->ReleaseTensorTypeAndShapeInfo()(info);
  size_t count = 1;
  for (const int64_t dim : dims) count *= static_cast<size_t>(dim);
  void* data = nullptr;
  Check(api->GetTensorMutableData()(output, &data), c.replay);
  const float* values = static_cast<const float*>(data);
  std::vector<float> y(values, values + count);
  host::ReleaseValue (*api)(output);
  host::ReleaseValue (*api)(input);
  host::ReleaseSession (*api)(session);
  return y;
}

bool Agrees(const Case& c, const std::vector<float>& wanted, const std::vector<float>& found) {
  if (wanted.size() != found.size()) {
    printf("FAILED %s: found %zu values, wanted %zu\n", c.replay.c_str(), found.size(), wanted.size());
    return false;
  }
  for (size_t i = 0; i < wanted.size(); ++i) {
    if (memcmp(&wanted[i], &found[i], sizeof(float)) == 0) continue;
    printf("FAILED %s: found %a at element %zu, wanted %a\n", c.replay.c_str(), static_cast<double>(found[i]), i,
           static_cast<double>(wanted[i]));
    return false;
  }
  return true;
}

const OrtApiBase* LoadOnnxRuntime(const char* path) {
  void* library = dlopen(path, RTLD_NOW | RTLD_GLOBAL);
  if (library == nullptr) Die(dlerror());
  void* entry = dlsym(library, "OrtGetApiBase");
  if (entry == nullptr) Die(dlerror());
  return reinterpret_cast<const OrtApiBase* (*)()>(entry)();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) Die("found " + std::to_string(argc - 1) + " arguments, wanted LIBONNXRUNTIME LIBBITMATMUL FOLDER");
  const OrtApiBase* base = LoadOnnxRuntime(argv[1]);
  api = base->GetApi(kOrtApiVersion);
  if (api == nullptr) Die(std::string("found ONNX Runtime ") + base->GetVersionString() + ", wanted 1.17 or newer");
  const std::string folder = std::string(argv[3]) + "/";

  OrtEnv* env = nullptr;
  OrtSessionOptions* options = nullptr;
  OrtMemoryInfo* memory = nullptr;
  Check(host::CreateEnv(*api)(kOrtLogWarning, "ort_cases", &env), "CreateEnv");
  Check(host::CreateSessionOptions(*api)(&options), "CreateSessionOptions");
  Check(host::SetIntraOpNumThreads(*api)(options, 2), "SetIntraOpNumThreads");
  Check(host::RegisterCustomOpsLibrary_V2(*api)(options, argv[2]), argv[2]);
  Check(api->CreateCpuMemoryInfo()(kOrtArenaAllocator, kOrtMemTypeDefault, &memory), "CreateCpuMemoryInfo");

  std::istringstream lines(ReadFile(folder + "cases.tsv"));
  int cases = 0, agreed = 0;
  for (std::string line; std::getline(lines, line); ++cases) {
    const Case c = ParseCase(line);
    std::vector<float> x = ReadFloats(folder + c.x);
    agreed += Agrees(c, ReadFloats(folder + c.y), Run(env, options, memory, folder + c.model, c, x));
  }
  printf("ONNX Runtime %s: %d of %d cases have the wanted bits\n", base->GetVersionString(), agreed, cases);
  api->ReleaseMemoryInfo()(memory);
  host::ReleaseSessionOptions (*api)(options);
  return cases > 0 && agreed == cases ? 0 : 1;
}
