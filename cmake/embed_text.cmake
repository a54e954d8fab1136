# pf_embed_text(TARGET FILE SYMBOL): adds `const char SYMBOL[]` and `SYMBOL_LEN`
# with the text of FILE to TARGET; include "SYMBOL.h".
function(pf_embed_text target file symbol)
  set(source ${CMAKE_CURRENT_SOURCE_DIR}/${file})
  set(header ${CMAKE_CURRENT_BINARY_DIR}/embedded/${symbol}.h)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${source})
  file(READ ${source} hex HEX)
  string(LENGTH "${hex}" digits)
  math(EXPR bytes "${digits} / 2")
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," array "${hex}")
  string(REGEX REPLACE "(................................................................................)" "\\1\n" array "${array}")
  file(CONFIGURE OUTPUT ${header} @ONLY CONTENT
"/* Generated from ${file}. */
enum { ${symbol}_LEN = ${bytes} };
static const char ${symbol}[] = {
${array}0x00};
")
  target_include_directories(${target} PRIVATE ${CMAKE_CURRENT_BINARY_DIR}/embedded)
endfunction()
