# pf_layer(NAME [USES lib...]): one folder = one static library of all its .c files.
# tests/unit/check_layers.py fails when an include does not follow these links.
function(pf_layer name)
  cmake_parse_arguments(ARG "" "" "USES" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.c)
  add_library(pf_${name} STATIC ${sources})
  target_link_libraries(pf_${name} PUBLIC pf_options ${ARG_USES})
endfunction()
