# Configures and builds, as one command for tools that can start only one:
#   cmake -DSOURCE=dir -DBINARY=dir -DVERSION=x.y.z [-DTESTS=ON] [-DJOBS=n] [-DTOOLCHAIN=file] \
#     -P Build.cmake

foreach(variable SOURCE BINARY VERSION)
  if(NOT ${variable})
    message(FATAL_ERROR "Build.cmake: found no -D${variable}=..., wanted one")
  endif()
endforeach()
if(NOT JOBS)
  set(JOBS 2)
endif()
set(options -DCMAKE_BUILD_TYPE=Release -DBITMATMUL_VERSION=${VERSION})
if(TOOLCHAIN)
  list(APPEND options -DCMAKE_TOOLCHAIN_FILE=${TOOLCHAIN})
endif()
if(DEFINED TESTS)
  list(APPEND options -DBITMATMUL_TESTS=${TESTS})
endif()

function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE result)
  if(NOT result EQUAL 0)
    message(FATAL_ERROR "Build.cmake: '${ARGN}' ended with ${result}")
  endif()
endfunction()

run(${CMAKE_COMMAND} -S ${SOURCE} -B ${BINARY} ${options})
run(${CMAKE_COMMAND} --build ${BINARY} --config Release --parallel ${JOBS})
