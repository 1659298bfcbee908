# The tests on each CPU that an emulator can be (QEMU takes its name from QEMU_CPU). The toolchain file says what each
# has: BITMATMUL_EMULATED_CPUS, and for each of them BITMATMUL_ISAS_OF_<cpu>. There nothing may be skipped: an
# instruction set that a CPU has and whose kernels did not run is a failure.

# bitmatmul_add_emulated_suites(<suite>...)
function(bitmatmul_add_emulated_suites)
  foreach(cpu ${BITMATMUL_EMULATED_CPUS})
    foreach(suite ${ARGN} CpuFeatures)
      bitmatmul_add_suite(${suite}.${cpu} "*${suite}*")
      bitmatmul_set_cpu(${suite}.${cpu} ${cpu})
    endforeach()
    foreach(isa scalar ${BITMATMUL_ISAS_OF_${cpu}})
      set(name Kernels.${isa}.${cpu})
      bitmatmul_add_kernel_suite(${name} ${isa})
      bitmatmul_set_cpu(${name} ${cpu})
      set_tests_properties(${name} PROPERTIES FAIL_REGULAR_EXPRESSION "Running 0 tests;was not tested")
    endforeach()
    list(APPEND tested ${BITMATMUL_ISAS_OF_${cpu}})
  endforeach()
  foreach(isa ${BITMATMUL_ISAS_${BITMATMUL_ARCHITECTURE}})
    if(NOT isa IN_LIST tested)
      message(FATAL_ERROR "BITMATMUL_EMULATED_CPUS: found no CPU with ${isa} among ${BITMATMUL_EMULATED_CPUS}")
    endif()
  endforeach()
endfunction()

function(bitmatmul_set_cpu name cpu)
  list(JOIN BITMATMUL_ISAS_OF_${cpu} "," features)
  set_tests_properties(${name} PROPERTIES ENVIRONMENT "QEMU_CPU=${cpu};BITMATMUL_TEST_FEATURES=${features}")
endfunction()

# What programs under QEMU see as the root directory where it has a file of that name: the target's libraries, and a
# /proc/cpuinfo of ARM's. QEMU before 8.2 shows its host's, of which ONNX Runtime's start makes a null pointer.
function(bitmatmul_make_emulator_root directory sysroot)
  file(MAKE_DIRECTORY ${directory}/proc)
  file(CREATE_LINK ${sysroot}/lib ${directory}/lib SYMBOLIC)
  file(READ /sys/devices/system/cpu/possible possible)
  string(REGEX MATCH "[0-9]+[ \n]*$" last "${possible}")
  string(STRIP "${last}" last)
  set(text "")
  foreach(cpu RANGE ${last})
    string(APPEND text "processor\t: ${cpu}\nFeatures\t: fp asimd\nCPU implementer\t: 0x41\nCPU architecture: 8\n"
                       "CPU variant\t: 0x0\nCPU part\t: 0xd08\nCPU revision\t: 3\n\n")
  endforeach()
  file(WRITE ${directory}/proc/cpuinfo "${text}")
endfunction()
