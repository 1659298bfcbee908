// Products by TDPBSUD on tiles, 2 x 2 of them: with operands that stay in registers, and with all four loaded from the
// L1 cache at each step, which no matrix product can do without.
#include <immintrin.h>

#include <cstdint>
#include <cstring>

namespace bitmatmul::bench {
namespace {

constexpr int64_t kTileBytes = 1024;
// Steps before the operands repeat: together 32 KiB.
constexpr int64_t kPanelSteps = 8;

struct alignas(64) TileConfig {
  uint8_t palette;
  uint8_t start_row;
  uint8_t reserved[14];
  uint16_t row_bytes[16];
  uint8_t rows[16];
};

void LoadConfig() {
  TileConfig config;
  memset(&config, 0, sizeof(config));
  config.palette = 1;
  for (int tile = 0; tile < 8; ++tile) {
    config.row_bytes[tile] = 64;
    config.rows[tile] = 16;
  }
  // gcc 12 drops the stores above otherwise.
  __asm__ volatile("" ::"r"(&config) : "memory");
  _tile_loadconfig(&config);
  _tile_zero(0);
  _tile_zero(1);
  _tile_zero(2);
  _tile_zero(3);
}

void Multiply() {
  _tile_dpbsud(0, 4, 6);
  _tile_dpbsud(1, 4, 7);
  _tile_dpbsud(2, 5, 6);
  _tile_dpbsud(3, 5, 7);
}

}  // namespace

extern const double kPeakOps_amx;
const double kPeakOps_amx = 4.0 * 16 * 16 * 64 * 2;

void Peak_amx_registers(int64_t steps) {
  LoadConfig();
  _tile_zero(4);
  _tile_zero(5);
  _tile_zero(6);
  _tile_zero(7);
  for (int64_t step = 0; step < steps; ++step) Multiply();
  _tile_release();
}

void Peak_amx_l1(int64_t steps) {
  alignas(64) uint8_t panel[kPanelSteps * 4 * kTileBytes];
  memset(panel, 1, sizeof(panel));
  __asm__ volatile("" ::"r"(panel) : "memory");
  LoadConfig();
  for (int64_t step = 0; step < steps; ++step) {
    const uint8_t* operands = panel + step % kPanelSteps * 4 * kTileBytes;
    _tile_loadd(4, operands, 64);
    _tile_loadd(6, operands + kTileBytes, 64);
    _tile_loadd(7, operands + 2 * kTileBytes, 64);
    _tile_loadd(5, operands + 3 * kTileBytes, 64);
    Multiply();
  }
  _tile_release();
}

}  // namespace bitmatmul::bench
