# Counts the instructions of products by each kernel that instruction_counts.csv lists, with callgrind, and compares. Time
# depends on the neighbours, this does not.
#
# Arguments: BENCH (the program), COUNTS (the file), COMPILER (as in "GNU 12"), ARCHITECTURE, VALGRIND;
# UPDATE=ON writes the file instead.
# Prints "instruction counts were NOT checked: ..." where they cannot be, which ctest reports as skipped.

set(TOLERANCE_PER_MILLE 50)

function(not_checked reason)
  message("instruction counts were NOT checked: ${reason}")
endfunction()

if(NOT VALGRIND)
  not_checked("found no valgrind on this machine, wanted one (Debian: apt-get install valgrind)")
  return()
endif()

# count(<out> <products> <arguments>...): instructions of the whole program.
function(count out products)
  execute_process(
    COMMAND ${VALGRIND} --tool=callgrind --callgrind-out-file=/dev/null ${BENCH} count --products ${products} ${ARGN}
    RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT result EQUAL 0 OR NOT output MATCHES "Collected : ([0-9]+)")
    message(FATAL_ERROR "callgrind of 'count ${ARGN}' ended with ${result}: ${output}")
  endif()
  set(${out} ${CMAKE_MATCH_1} PARENT_SCOPE)
endfunction()

# measure(<out> <arguments>...): instructions of one product; what comes before and after is much the same in both runs.
function(measure out)
  count(one 1 ${ARGN})
  count(eleven 11 ${ARGN})
  math(EXPR product "(${eleven} - ${one}) / 10")
  set(${out} ${product} PARENT_SCOPE)
endfunction()

file(STRINGS ${COUNTS} lines)
set(written "")
set(checked 0)
set(bad "")
foreach(line IN LISTS lines)
  if(NOT line MATCHES "^(${ARCHITECTURE}),(${COMPILER}),([a-z0-9_]+),([a-z0-9]+),([a-z0-9]+),([0-9]+),([0-9]+),([0-9]+),([0-9]+)$")
    string(APPEND written "${line}\n")
    continue()
  endif()
  set(wanted ${CMAKE_MATCH_9})
  set(arguments --isa ${CMAKE_MATCH_3} --packing ${CMAKE_MATCH_4} --activation ${CMAKE_MATCH_5}
      --n ${CMAKE_MATCH_6} --k ${CMAKE_MATCH_7} --m ${CMAKE_MATCH_8})
  string(REGEX REPLACE ",[0-9]+$" "" case "${line}")
  measure(found ${arguments})
  string(APPEND written "${case},${found}\n")
  math(EXPR checked "${checked} + 1")
  math(EXPR per_mille "(${found} - ${wanted}) * 1000 / (${wanted} + 1)")
  message("${case}: found ${found}, wanted ${wanted} (${per_mille} per mille)")
  if(per_mille GREATER TOLERANCE_PER_MILLE OR per_mille LESS -${TOLERANCE_PER_MILLE})
    list(APPEND bad ${case})
  endif()
endforeach()

if(checked EQUAL 0)
  not_checked("${COUNTS} has no figures for ${ARCHITECTURE} and ${COMPILER}; counts depend on the compiler")
elseif(UPDATE)
  file(WRITE ${COUNTS}.new "${written}")
  file(RENAME ${COUNTS}.new ${COUNTS})
  message("wrote ${COUNTS}")
elseif(bad)
  list(JOIN bad "\n  " bad)
  message(FATAL_ERROR "more than ${TOLERANCE_PER_MILLE} per mille more or fewer instructions than ${COUNTS} says:\n  "
    "${bad}\nWhere that is meant: cmake --build <build> --target update_instruction_counts")
endif()
