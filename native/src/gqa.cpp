#include "gqa.h"

#include <cstring>
#include <thread>

#include "float_mode.h"
#include "pieces.h"
#include "rounding.h"
#include "run_here.h"

namespace bitmatmul {
namespace {

// Rows of a block share transposed keys, and are cut where their scores would leave the L2 cache.
constexpr int64_t kRowsPerBlock = 128;
constexpr int64_t kScoresPerBlock = 256 * 1024;
// Of one task of a token alone.
constexpr int64_t kColumnsPerTask = 5 * kGqaPanel;
constexpr int64_t kNumbersPerTask = 64;
// Whole rows of values are read faster than parts of them. Of each so many sums one task does each; those that are left
// over are cut, so that two or four threads have the same to do.
constexpr int64_t kSumsTogether = 4;
// From so many columns on a token alone is cut by them, where there are no more blocks than this.
constexpr int64_t kColumnsWorthSplitting = 512;
constexpr int64_t kBlocksEnough = 16;
// Numbers that are appended or copied by one thread where there are no more.
constexpr int64_t kNumbersWorthSharing = 64 * 1024;
constexpr int64_t kMostSlots = 64;
constexpr int64_t kSlotFloats = 16 * 1024 * 1024;

}  // namespace

GroupQueryAttention::GroupQueryAttention(const bitmatmul_gqa_problem& problem, const GqaKernel& kernel,
                                         const bitmatmul_gqa_call& call)
    : code_(*kernel.code), call_(call) {
  const bitmatmul_gqa_spec& spec = problem.spec;
  GqaArgs& a = args_;
  a = {};
  a.heads = spec.num_heads;
  a.kv_heads = spec.kv_num_heads;
  a.group = a.heads / a.kv_heads;
  a.head_dim = spec.head_dim;
  a.scale = spec.scale;
  a.cos = problem.cos;
  a.sin = problem.sin;
  a.batch = call.batch;
  a.tokens = call.tokens;
  a.start = call.total - call.tokens;
  const bool packed = call.key == nullptr;
  const int64_t query_width = a.heads * a.head_dim, width = a.kv_heads * a.head_dim;
  a.query = call.query;
  a.query_stride = packed ? query_width + 2 * width : query_width;
  a.key = packed ? call.query + query_width : call.key;
  a.value = packed ? call.query + query_width + width : call.value;
  a.key_stride = packed ? a.query_stride : width;
  a.padding = call.padding;
  a.capacity = call.past_capacity > call.total ? call.past_capacity : call.total;
  a.keys = call.present_key;
  a.values = call.present_value;
  a.y = call.y;

  const bool copied = call.past_key != call.present_key || call.past_value != call.present_value;
  const int64_t written = a.batch * width * (copied ? a.capacity : a.tokens);
  append_tasks_ = written < kNumbersWorthSharing ? 1 : a.batch * a.kv_heads;
  stride_ = RoundUp(AtLeast(call.total, 1), kGqaPanel);
  // Rows at multiples of 4 KiB would take each other's place in the cache.
  if (stride_ % 256 == 0) stride_ += kGqaPanel;
  PlanBlocks();
  PlanSplit();
}

void GroupQueryAttention::PlanBlocks() {
  const int64_t rows = Between(kScoresPerBlock / stride_, args_.group, kRowsPerBlock);
  block_tokens_ = Between(rows / args_.group, 1, AtLeast(args_.tokens, 1));
  rows_ = block_tokens_ * args_.group;
  blocks_ = args_.batch * args_.kv_heads * CeilDiv(args_.tokens, block_tokens_);
  const int64_t macs = args_.batch * args_.heads * args_.tokens * call_.total * args_.head_dim * 2;
  attend_tasks_ = macs < kMacsWorthSharing && blocks_ > 0 ? 1 : blocks_;
}

void GroupQueryAttention::PlanSplit() {
  const int64_t rows = args_.batch * args_.kv_heads;
  split_ = args_.tokens == 1 && call_.total >= kColumnsWorthSplitting && rows < kBlocksEnough;
  columns_per_score_task_ = AtLeast(RoundUp(CeilDiv(call_.total, 8), kGqaPanel), kColumnsPerTask);
  whole_sums_ = rows - rows % kSumsTogether;
  pieces_of_sum_ = CeilDiv(args_.head_dim, kNumbersPerTask);
  const int64_t slot = rows_ * (args_.head_dim + (split_ ? 0 : stride_ + 1)) + args_.head_dim * kGqaPanel;
  const int64_t tasks = split_ ? rows * CeilDiv(call_.total, columns_per_score_task_) : attend_tasks_;
  slots_ = static_cast<int>(AtMost(Between(kSlotFloats / slot, 4, kMostSlots), tasks));
}

// A slot has queries, transposed keys and, where rows are not split, scores and factors. Split rows' scores and factors
// lie behind the slots.
size_t GroupQueryAttention::ScratchBytes() const {
  const int64_t scores = rows_ * (stride_ + 1);
  const int64_t slot = rows_ * args_.head_dim + args_.head_dim * kGqaPanel + (split_ ? 0 : scores);
  return static_cast<size_t>(slots_ * slot + (split_ ? blocks_ * scores : 0)) * sizeof(float);
}

int GroupQueryAttention::TakeSlot() {
  uint64_t taken = taken_.load(std::memory_order_relaxed);
  for (;;) {
    int slot = 0;
    while (slot < slots_ && (taken >> slot & 1) != 0) ++slot;
    if (slot == slots_) {
      std::this_thread::yield();
      taken = taken_.load(std::memory_order_relaxed);
    } else if (taken_.compare_exchange_weak(taken, taken | uint64_t{1} << slot, std::memory_order_acquire,
                                            std::memory_order_relaxed)) {
      return slot;
    }
  }
}

void GroupQueryAttention::ReturnSlot(int slot) { taken_.fetch_and(~(uint64_t{1} << slot), std::memory_order_release); }

int64_t GroupQueryAttention::Tasks(int phase) const {
  const int64_t rows = args_.batch * args_.kv_heads;
  if (phase == kAppend) return append_tasks_;
  if (!split_) return attend_tasks_;
  if (phase == kScore) return rows * CeilDiv(call_.total, columns_per_score_task_);
  return phase == kWeigh ? args_.batch * args_.heads : whole_sums_ + (rows - whole_sums_) * pieces_of_sum_;
}

void GroupQueryAttention::Task(int64_t task) {
  const StandardFloatMode mode;
  if (phase_ == kAppend) return AppendTask(task);
  if (!split_) return AttendTask(task);
  if (phase_ == kScore) return ScoreTask(task);
  return phase_ == kWeigh ? WeighTask(task) : SumUpTask(task);
}

// What is not new, where the past is somewhere else.
void GroupQueryAttention::CopyPast(int64_t b, int64_t g) const {
  const int64_t dim = args_.head_dim;
  const auto copy = [&](const float* past, float* present) {
    if (past == present || past == nullptr) return;
    const float* const from = past + (b * args_.kv_heads + g) * call_.past_capacity * dim;
    float* const to = present + (b * args_.kv_heads + g) * args_.capacity * dim;
    memcpy(to, from, static_cast<size_t>(args_.start * dim) * sizeof(float));
    if (call_.past_capacity <= call_.total) return;
    memcpy(to + call_.total * dim, from + call_.total * dim,
           static_cast<size_t>((call_.past_capacity - call_.total) * dim) * sizeof(float));
  };
  copy(call_.past_key, args_.keys);
  copy(call_.past_value, args_.values);
}

void GroupQueryAttention::AppendTask(int64_t task) {
  const int64_t rows = args_.batch * args_.kv_heads;
  const int64_t end = append_tasks_ == 1 ? rows : task + 1;
  for (int64_t row = task; row < end; ++row) {
    CopyPast(row / args_.kv_heads, row % args_.kv_heads);
    code_.append(args_, row / args_.kv_heads, row % args_.kv_heads, 0, args_.tokens);
  }
}

GqaBlock GroupQueryAttention::BlockAt(int64_t index, int64_t tokens) const {
  const int64_t rows = args_.batch * args_.kv_heads;
  GqaBlock block{};
  block.b = index % rows / args_.kv_heads;
  block.g = index % args_.kv_heads;
  // The last tokens, which see most columns, first.
  block.token = (CeilDiv(args_.tokens, tokens) - 1 - index / rows) * tokens;
  block.token_end = AtMost(block.token + tokens, args_.tokens);
  block.stride = stride_;
  return block;
}

void GroupQueryAttention::GiveScratch(int slot, GqaBlock* block) const {
  const int64_t queries = rows_ * args_.head_dim, panel = args_.head_dim * kGqaPanel;
  const int64_t scores = split_ ? 0 : rows_ * stride_, factors = split_ ? 0 : rows_;
  float* const from = scratch_ + slot * (queries + panel + scores + factors);
  block->panel = from;
  block->queries = from + panel;
  if (split_) return GiveShared(block);
  block->scores = from + panel + queries;
  block->factors = block->scores + scores;
}

void GroupQueryAttention::GiveShared(GqaBlock* block) const {
  float* const shared = scratch_ + slots_ * (rows_ + kGqaPanel) * args_.head_dim;
  const int64_t index = block->b * args_.kv_heads + block->g;
  block->scores = shared + index * rows_ * stride_;
  block->factors = shared + blocks_ * rows_ * stride_ + index * rows_;
}

void GroupQueryAttention::Attend(int64_t block_index) {
  GqaBlock block = BlockAt(block_index, block_tokens_);
  const int slot = TakeSlot();
  GiveScratch(slot, &block);
  code_.rotate(args_, block);
  code_.score(args_, block, 0, GqaColumns(args_, block.b, block.token_end - 1));
  code_.weigh(args_, block, 0, (block.token_end - block.token) * args_.group);
  code_.sum_up(args_, block, 0, args_.head_dim);
  ReturnSlot(slot);
}

void GroupQueryAttention::AttendTask(int64_t task) {
  const int64_t end = attend_tasks_ == 1 ? blocks_ : task + 1;
  for (int64_t block = task; block < end; ++block) Attend(block);
}

void GroupQueryAttention::ScoreTask(int64_t task) {
  const int64_t rows = args_.batch * args_.kv_heads;
  GqaBlock block = BlockAt(task % rows, 1);
  const int64_t columns = GqaColumns(args_, block.b, 0);
  const int64_t column = task / rows * columns_per_score_task_;
  if (column >= columns) return;
  const int slot = TakeSlot();
  GiveScratch(slot, &block);
  code_.rotate(args_, block);
  code_.score(args_, block, column, AtMost(column + columns_per_score_task_, columns));
  ReturnSlot(slot);
}

void GroupQueryAttention::WeighTask(int64_t task) {
  GqaBlock block = BlockAt(task / args_.group, 1);
  GiveShared(&block);
  code_.weigh(args_, block, task % args_.group, task % args_.group + 1);
}

void GroupQueryAttention::SumUpTask(int64_t task) {
  const bool whole = task < whole_sums_;
  const int64_t piece = whole ? 0 : (task - whole_sums_) % pieces_of_sum_;
  GqaBlock block = BlockAt(whole ? task : whole_sums_ + (task - whole_sums_) / pieces_of_sum_, 1);
  const int slot = TakeSlot();
  GiveScratch(slot, &block);
  const int64_t d = piece * kNumbersPerTask;
  code_.sum_up(args_, block, d, whole ? args_.head_dim : AtMost(d + kNumbersPerTask, args_.head_dim));
  ReturnSlot(slot);
}

void RunPhases(GroupQueryAttention* run) {
  for (int phase = 0; phase < run->Phases(); ++phase) {
    run->Start(phase);
    for (int64_t task = 0; task < run->Tasks(phase); ++task) run->Task(task);
  }
}

}  // namespace bitmatmul

extern "C" int32_t bitmatmul_gqa(const bitmatmul_gqa_problem* problem, const char* isas, const bitmatmul_gqa_call* call,
                                 char* text, size_t size) {
  using namespace bitmatmul;
  const Error error{text, size};
  const int32_t status = bitmatmul_gqa_check_call(problem, call, text, size);
  if (status != BITMATMUL_OK) return status;
  const int32_t index = ChooseHere(isas, error, bitmatmul_gqa_choose_kernel);
  if (index < 0) return BITMATMUL_UNSUPPORTED_ISA;
  GroupQueryAttention run(*problem, GqaKernelAt(index), *call);
  return RunWithScratch(run.ScratchBytes(), error, [&](void* scratch) {
    run.Bind(scratch);
    RunPhases(&run);
  });
}
