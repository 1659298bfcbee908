# cmake -DGENERATE=... -DMODEL=... -DLIBRARY=... -DCASE=... -P check_tokens.cmake: fails unless the program prints the tokens
# of the second line for the ids of the first.
file(STRINGS ${CASE} lines)
list(GET lines 0 ids)
list(GET lines 1 wanted)
separate_arguments(ids UNIX_COMMAND "${ids}")
separate_arguments(count UNIX_COMMAND "${wanted}")
list(LENGTH count count)
execute_process(COMMAND ${GENERATE} ${MODEL} ${LIBRARY} ${count} ${ids} OUTPUT_VARIABLE found RESULT_VARIABLE result)
string(STRIP "${found}" found)
if(NOT result EQUAL 0 OR NOT found STREQUAL wanted)
  message(FATAL_ERROR "exit code ${result}\nfound  ${found}\nwanted ${wanted}")
endif()
message(STATUS "${count} tokens as wanted")
