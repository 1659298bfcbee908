# Who may include what: kernels and dispatch know neither ONNX Runtime nor Java. Argument: SOURCE, the module's folder.

file(GLOB sources ${SOURCE}/src/*.cpp ${SOURCE}/src/*.h ${SOURCE}/src/kernels/* ${SOURCE}/include/bitmatmul/*.h)
list(LENGTH sources count)
if(count LESS 10)
  message(FATAL_ERROR "found ${count} sources below ${SOURCE}, wanted the whole core")
endif()
foreach(source ${sources})
  file(STRINGS ${source} includes REGEX "^ *# *include.*(ort/|onnxruntime|jni)")
  if(includes)
    message(FATAL_ERROR "${source}: found ${includes}, wanted nothing of ONNX Runtime or Java outside src/ort and src/jni")
  endif()
endforeach()
message(STATUS "checked ${count} sources")
