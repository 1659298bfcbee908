# Objects that are compiled for one instruction set hold no weak symbol: the linker could take that copy for everyone,
# and an older CPU would meet an illegal instruction. Arguments: NM, OBJECTS (all of the core; ISA ones are in kernels/).

set(checked 0)
foreach(object ${OBJECTS})
  if(NOT object MATCHES "/kernels/")
    continue()
  endif()
  execute_process(COMMAND ${NM} -C ${object} RESULT_VARIABLE result OUTPUT_VARIABLE symbols)
  if(NOT result EQUAL 0)
    message(FATAL_ERROR "${NM} ${object} ended with ${result}")
  endif()
  # W, V: weak; u: unique global, another kind that the linker merges
  string(REGEX MATCHALL "[^\n]* [WwVvu] [^\n]*" weak "${symbols}")
  if(weak)
    message(FATAL_ERROR "${object}: found weak symbols, wanted none: ${weak}")
  endif()
  # Exactly the table value leaves the file.
  string(REGEX MATCHALL "[^\n]* [TDRB] [^\n]*" exported "${symbols}")
  list(LENGTH exported count)
  if(NOT count EQUAL 1 OR NOT exported MATCHES "bitmatmul::k")
    message(FATAL_ERROR "${object}: found external symbols '${exported}', wanted one kernel table value")
  endif()
  math(EXPR checked "${checked} + 1")
endforeach()
if(checked EQUAL 0)
  message(FATAL_ERROR "found no object of src/kernels among ${OBJECTS}")
endif()
message(STATUS "checked ${checked} objects")
