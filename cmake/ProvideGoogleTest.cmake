# bitmatmul_provide_googletest(): makes the target bitmatmul_gtest, GoogleTest with its main(), from the first of
#   1. an installed GoogleTest that find_package finds, or its sources in /usr/src/googletest;
#   2. on Debian and its kin, the package `googletest` (sources), downloaded and unpacked into the build tree: needs
#      neither root nor package lists that are there already;
#   3. upstream's release archive, checked by its hash.

set(BITMATMUL_GOOGLETEST_URL https://github.com/google/googletest/archive/refs/tags/v1.14.0.tar.gz)
set(BITMATMUL_GOOGLETEST_SHA256 8ad598c73ad796e0d8280b082cebd82a630d73e73cd3c70057938a6501bba5d7)

function(bitmatmul_provide_googletest)
  set(found "")
  find_package(GTest QUIET)
  if(TARGET GTest::gtest_main)
    bitmatmul_gtest_target(GTest::gtest_main)
    set(found "installed")
  elseif(TARGET GTest::Main)  # as CMake before 3.20 names it
    bitmatmul_gtest_target(GTest::Main)
    set(found "installed")
  elseif(EXISTS /usr/src/googletest/CMakeLists.txt)
    bitmatmul_gtest_sources(/usr/src/googletest)
    set(found "/usr/src/googletest")
  else()
    bitmatmul_download_debian_package(googletest directory error)
    if(directory)
      bitmatmul_gtest_sources(${directory}/usr/src/googletest)
      set(found "Debian package")
    else()
      message(STATUS "GoogleTest: no Debian package: ${error}")
      bitmatmul_download_googletest()
      set(found "${BITMATMUL_GOOGLETEST_URL}")
    endif()
  endif()
  message(STATUS "GoogleTest: ${found}")
endfunction()

function(bitmatmul_gtest_target main)
  add_library(bitmatmul_gtest INTERFACE)
  target_link_libraries(bitmatmul_gtest INTERFACE ${main})
endfunction()

function(bitmatmul_gtest_sources directory)
  set(BUILD_GMOCK OFF CACHE BOOL "" FORCE)
  set(INSTALL_GTEST OFF CACHE BOOL "" FORCE)
  set(gtest_force_shared_crt ON CACHE BOOL "" FORCE)
  add_subdirectory(${directory} ${CMAKE_BINARY_DIR}/googletest EXCLUDE_FROM_ALL)
  bitmatmul_gtest_target(gtest_main)
endfunction()

# Downloads and unpacks a package with a state of apt's own in the build tree. Gives the directory, or "" and the error.
function(bitmatmul_download_debian_package package directory_out error_out)
  set(work ${CMAKE_BINARY_DIR}/debian)
  set(directory ${work}/${package})
  set(${directory_out} "" PARENT_SCOPE)
  if(NOT EXISTS ${directory})
    find_program(BITMATMUL_APT_GET apt-get)
    find_program(BITMATMUL_DPKG_DEB dpkg-deb)
    if(NOT BITMATMUL_APT_GET OR NOT BITMATMUL_DPKG_DEB)
      set(${error_out} "found no apt-get and dpkg-deb" PARENT_SCOPE)
      return()
    endif()
    file(MAKE_DIRECTORY ${work}/state/lists/partial ${work}/cache/archives/partial)
    # Hooks of the machine's own updates are not ours to run.
    file(WRITE ${work}/apt.conf "
Dir::State \"${work}/state\";
Dir::State::lists \"${work}/state/lists\";
Dir::State::status \"/var/lib/dpkg/status\";
Dir::Cache \"${work}/cache\";
Dir::Cache::archives \"${work}/cache/archives\";
Acquire::Languages \"none\";
APT::Sandbox::User \"root\";
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
")
    foreach(step "update" "download;${package}")
      execute_process(COMMAND ${BITMATMUL_APT_GET} -q -c ${work}/apt.conf ${step} WORKING_DIRECTORY ${work}
                      RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
      if(NOT result EQUAL 0)
        set(${error_out} "apt-get ${step}: ${output}" PARENT_SCOPE)
        return()
      endif()
    endforeach()
    file(GLOB archive ${work}/${package}_*.deb)
    execute_process(COMMAND ${BITMATMUL_DPKG_DEB} -x ${archive} ${directory}.part RESULT_VARIABLE result
                    ERROR_VARIABLE output)
    if(NOT result EQUAL 0)
      set(${error_out} "dpkg-deb -x: ${output}" PARENT_SCOPE)
      return()
    endif()
    file(RENAME ${directory}.part ${directory})
    file(REMOVE_RECURSE ${work}/state ${work}/cache)
  endif()
  set(${directory_out} ${directory} PARENT_SCOPE)
endfunction()

function(bitmatmul_download_googletest)
  include(FetchContent)
  set(BUILD_GMOCK OFF CACHE BOOL "" FORCE)
  set(INSTALL_GTEST OFF CACHE BOOL "" FORCE)
  set(gtest_force_shared_crt ON CACHE BOOL "" FORCE)
  # Ends the configuration with curl's error where the archive cannot be had; this says beforehand what to do then.
  message(STATUS "GoogleTest: downloading ${BITMATMUL_GOOGLETEST_URL}. If that fails: install GoogleTest (Debian: "
                 "libgtest-dev), or point GTest_ROOT at one")
  FetchContent_Declare(googletest URL ${BITMATMUL_GOOGLETEST_URL} URL_HASH SHA256=${BITMATMUL_GOOGLETEST_SHA256})
  FetchContent_MakeAvailable(googletest)
  bitmatmul_gtest_target(gtest_main)
endfunction()
