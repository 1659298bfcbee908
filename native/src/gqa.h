// One run of a CustomGroupQueryAttention, cut into tasks. First the new tokens' keys and values go into the cache; then
// blocks of tokens are attended to, each with the heads of one kv head. A token alone with many columns is not enough
// work for all threads in such blocks: its scores are cut by columns, their exponentials by heads, and the sums of
// values by the numbers of a head.
#pragma once

#include <atomic>
#include <cstddef>

#include "bitmatmul/gqa.h"
#include "error.h"
#include "gqa_dispatch.h"

namespace bitmatmul {

// Checks all but the outputs, after bitmatmul_gqa_check_problem.
int32_t CheckGqaInputs(const bitmatmul_gqa_problem& problem, const bitmatmul_gqa_call& call, Error error);

class GroupQueryAttention {
 public:
  // The call has passed bitmatmul_gqa_check_call; what it names and the kernel outlive this object.
  GroupQueryAttention(const bitmatmul_gqa_problem& problem, const GqaKernel& kernel, const bitmatmul_gqa_call& call);

  size_t ScratchBytes() const;
  // scratch: ScratchBytes() of them, aligned for floats.
  void Bind(void* scratch) { scratch_ = static_cast<float*>(scratch); }

  // Phases 0 .. Phases() - 1 run one after the other, the tasks of each in any order, at the same time or not.
  int Phases() const { return split_ ? 4 : 2; }
  int64_t Tasks(int phase) const;
  void Start(int phase) { phase_ = phase; }
  void Task(int64_t task);

 private:
  enum Phase { kAppend, kAttend, kScore = kAttend, kWeigh, kSumUp };

  // Parts of scratch memory that tasks take turns with: the lowest free one, so that only as many as there are threads
  // are ever touched.
  int TakeSlot();
  void ReturnSlot(int slot);

  void PlanBlocks();
  void PlanSplit();
  GqaBlock BlockAt(int64_t index, int64_t tokens) const;
  void GiveScratch(int slot, GqaBlock* block) const;
  void GiveShared(GqaBlock* block) const;
  void CopyPast(int64_t b, int64_t g) const;
  void AppendTask(int64_t task);
  void Attend(int64_t block_index);
  void AttendTask(int64_t task);
  void ScoreTask(int64_t task);
  void WeighTask(int64_t task);
  void SumUpTask(int64_t task);

  const GqaKernelCode& code_;
  const bitmatmul_gqa_call call_;
  GqaArgs args_;
  bool split_;
  int phase_ = 0;
  int64_t append_tasks_;
  int64_t block_tokens_;  // tokens in a block
  int64_t blocks_;        // of all rows and kv heads
  int64_t attend_tasks_;
  int64_t rows_;    // in a block
  int64_t stride_;  // of a row's scores
  int64_t columns_per_score_task_;
  int64_t whole_sums_;     // rows of the batch times kv heads whose values one task sums up
  int64_t pieces_of_sum_;  // into which the others are cut
  int slots_;
  std::atomic<uint64_t> taken_{0};
  float* scratch_ = nullptr;
};

// Runs all phases on the calling thread; scratch is bound.
void RunPhases(GroupQueryAttention* run);

}  // namespace bitmatmul
