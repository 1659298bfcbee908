/* Greedy decoding of an exported model through ONNX Runtime's C API:
 *
 *     generate MODEL OP_LIBRARY COUNT ID...
 *
 * prints the COUNT most likely tokens after the ids. OP_LIBRARY is what `./bitnet library-path` prints; "-" leaves it
 * out, and the model's portable function body runs.
 */
#include <onnxruntime_c_api.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The oldest version that the op library accepts; all that is used here is in it. */
enum { API_VERSION = 17, MAX_VALUES = 1024 };

static const OrtApi* ort;
static OrtAllocator* allocator;
static OrtMemoryInfo* memory;

/* The model's inputs or outputs, by position. */
typedef struct {
  size_t count;
  char* names[MAX_VALUES];
  OrtValue* values[MAX_VALUES];
} Values;

static void fail(const char* message) {
  fprintf(stderr, "generate: %s\n", message);
  exit(1);
}

static void check(OrtStatus* status) {
  if (status) fail(ort->GetErrorMessage(status));
}

static OrtValue* int64_tensor(int64_t* data, size_t count) {
  const int64_t dims[] = {1, (int64_t)count};
  OrtValue* value = NULL;
  check(ort->CreateTensorWithDataAsOrtValue(memory, data, count * sizeof *data, dims, 2,
                                            ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64, &value));
  return value;
}

/* The cache of an empty past: shape [1, heads, 0, head dimension], the fixed sizes being those of the input. */
static OrtValue* empty_cache(const OrtSession* session, size_t input) {
  OrtTypeInfo* type = NULL;
  const OrtTensorTypeAndShapeInfo* info = NULL;
  int64_t dims[4];
  size_t rank = 0;
  check(ort->SessionGetInputTypeInfo(session, input, &type));
  check(ort->CastTypeInfoToTensorInfo(type, &info));
  check(ort->GetDimensionsCount(info, &rank));
  if (rank != 4) fail("a cache input does not have four dimensions");
  check(ort->GetDimensions(info, dims, rank));
  ort->ReleaseTypeInfo(type);
  dims[0] = 1;
  dims[2] = 0;
  OrtValue* value = NULL;
  check(ort->CreateTensorAsOrtValue(allocator, dims, rank, ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT, &value));
  return value;
}

static size_t find(const Values* values, const char* name) {
  for (size_t i = 0; i < values->count; i++) {
    if (strcmp(values->names[i], name) == 0) return i;
  }
  fprintf(stderr, "generate: the model has no %s\n", name);
  exit(1);
}

static OrtSession* open_session(const OrtEnv* env, const char* model, const char* library) {
  OrtSessionOptions* options = NULL;
  OrtSession* session = NULL;
  check(ort->CreateSessionOptions(&options));
  if (strcmp(library, "-") != 0) check(ort->RegisterCustomOpsLibrary_V2(options, library));
  check(ort->CreateSession(env, model, options, &session));
  ort->ReleaseSessionOptions(options);
  return session;
}

static void read_names(const OrtSession* session, Values* inputs, Values* outputs) {
  check(ort->SessionGetInputCount(session, &inputs->count));
  check(ort->SessionGetOutputCount(session, &outputs->count));
  if (inputs->count > MAX_VALUES || outputs->count > MAX_VALUES) fail("the model has too many inputs or outputs");
  for (size_t i = 0; i < inputs->count; i++) check(ort->SessionGetInputName(session, i, allocator, &inputs->names[i]));
  for (size_t i = 0; i < outputs->count; i++)
    check(ort->SessionGetOutputName(session, i, allocator, &outputs->names[i]));
}

static void release(Values* values) {
  for (size_t i = 0; i < values->count; i++) {
    check(ort->AllocatorFree(allocator, values->names[i]));
    ort->ReleaseValue(values->values[i]);
  }
}

/* Releases one value before its next use. */
static void clear(Values* values, size_t index) {
  ort->ReleaseValue(values->values[index]);
  values->values[index] = NULL;
}

/* The largest logit's token at the last position of logits [1, length, vocabulary]. */
static int64_t best_token(OrtValue* logits) {
  OrtTensorTypeAndShapeInfo* info = NULL;
  int64_t dims[3];
  float* data = NULL;
  check(ort->GetTensorTypeAndShape(logits, &info));
  check(ort->GetDimensions(info, dims, 3));
  ort->ReleaseTensorTypeAndShapeInfo(info);
  check(ort->GetTensorMutableData(logits, (void**)&data));
  const float* row = data + (dims[1] - 1) * dims[2];
  int64_t best = 0;
  for (int64_t token = 1; token < dims[2]; token++) {
    if (row[token] > row[best]) best = token;
  }
  return best;
}

/* Each present.N.key|value becomes the next run's past_key_values.N.key|value. */
static void move_cache(Values* inputs, Values* outputs) {
  static const char present[] = "present.";
  for (size_t i = 0; i < outputs->count; i++) {
    if (strncmp(outputs->names[i], present, strlen(present)) != 0) continue;
    char past[256];
    snprintf(past, sizeof past, "past_key_values.%s", outputs->names[i] + strlen(present));
    const size_t input = find(inputs, past);
    ort->ReleaseValue(inputs->values[input]);
    inputs->values[input] = outputs->values[i];
    outputs->values[i] = NULL;
  }
}

/* One run: ids[length] after the cache make all but the first `total - length` positions; returns the next token. */
static int64_t step(OrtSession* session, Values* inputs, Values* outputs, int64_t* ids, size_t length, int64_t* mask,
                    size_t total) {
  const size_t input_ids = find(inputs, "input_ids"), attention_mask = find(inputs, "attention_mask");
  inputs->values[input_ids] = int64_tensor(ids, length);
  inputs->values[attention_mask] = int64_tensor(mask, total);
  check(ort->Run(session, NULL, (const char* const*)inputs->names, (const OrtValue* const*)inputs->values,
                 inputs->count, (const char* const*)outputs->names, outputs->count, outputs->values));
  clear(inputs, input_ids);
  clear(inputs, attention_mask);
  const size_t logits = find(outputs, "logits");
  const int64_t token = best_token(outputs->values[logits]);
  clear(outputs, logits);
  move_cache(inputs, outputs);
  return token;
}

static void generate(OrtSession* session, int64_t* ids, size_t length, size_t count) {
  static Values inputs, outputs;
  read_names(session, &inputs, &outputs);
  for (size_t i = 0; i < inputs.count; i++) {
    const int is_cache = strncmp(inputs.names[i], "past_key_values.", strlen("past_key_values.")) == 0;
    if (is_cache) inputs.values[i] = empty_cache(session, i);
  }
  int64_t* mask = malloc((length + count) * sizeof *mask);
  if (!mask) fail("out of memory");
  for (size_t i = 0; i < length + count; i++) mask[i] = 1;

  size_t total = length;
  int64_t token = step(session, &inputs, &outputs, ids, length, mask, total);
  printf("%lld", (long long)token);
  for (size_t i = 1; i < count; i++) {
    token = step(session, &inputs, &outputs, &token, 1, mask, ++total);
    printf(" %lld", (long long)token);
  }
  printf("\n");

  free(mask);
  release(&inputs);
  release(&outputs);
}

int main(int argc, char** argv) {
  if (argc < 5) {
    fprintf(stderr, "usage: generate MODEL OP_LIBRARY|- COUNT ID...\n");
    return 2;
  }
  ort = OrtGetApiBase()->GetApi(API_VERSION);
  if (!ort) fail("this ONNX Runtime is too old, wanted 1.17 or later");
  OrtEnv* env = NULL;
  check(ort->CreateEnv(ORT_LOGGING_LEVEL_WARNING, "generate", &env));
  check(ort->DisableTelemetryEvents(env));
  check(ort->GetAllocatorWithDefaultOptions(&allocator));
  check(ort->CreateCpuMemoryInfo(OrtArenaAllocator, OrtMemTypeDefault, &memory));

  const size_t length = (size_t)argc - 4;
  int64_t* ids = malloc(length * sizeof *ids);
  if (!ids) fail("out of memory");
  for (size_t i = 0; i < length; i++) ids[i] = strtoll(argv[4 + i], NULL, 10);
  OrtSession* session = open_session(env, argv[1], argv[2]);
  generate(session, ids, length, strtoul(argv[3], NULL, 10));

  free(ids);
  ort->ReleaseSession(session);
  ort->ReleaseMemoryInfo(memory);
  ort->ReleaseEnv(env);
  return 0;
}
