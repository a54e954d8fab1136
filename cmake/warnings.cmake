# One interface target that every target of ours links: warnings, hardening, sanitizers.
add_library(pf_options INTERFACE)
target_compile_options(pf_options INTERFACE
  -Wall -Wextra -Wshadow -Wconversion -Wsign-conversion -Wstrict-prototypes
  -Wmissing-prototypes -Wformat=2 -Wvla -Wundef -Wpointer-arith -Wcast-qual
  -Wwrite-strings -fno-common -fno-strict-aliasing -fstack-protector-strong)
target_compile_definitions(pf_options INTERFACE _GNU_SOURCE PF_VERSION="${PROJECT_VERSION}")
target_include_directories(pf_options INTERFACE ${PROJECT_SOURCE_DIR}/server ${PROJECT_SOURCE_DIR})

if(PF_WERROR)
  target_compile_options(pf_options INTERFACE -Werror)
endif()
if(CMAKE_BUILD_TYPE STREQUAL "Release" OR CMAKE_BUILD_TYPE STREQUAL "RelWithDebInfo")
  target_compile_definitions(pf_options INTERFACE _FORTIFY_SOURCE=2)
endif()
if(PF_SANITIZE)
  target_compile_options(pf_options INTERFACE -fsanitize=${PF_SANITIZE} -fno-omit-frame-pointer
    -fno-sanitize-recover=all)
  target_link_options(pf_options INTERFACE -fsanitize=${PF_SANITIZE})
endif()
if(PF_FUZZ)
  target_compile_options(pf_options INTERFACE -fsanitize=fuzzer-no-link)
endif()
