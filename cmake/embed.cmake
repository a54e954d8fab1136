# Writes OUT, a C file with every .sql file of SCHEMA_DIR: number, name, SHA-256
# and text, so that the binary needs no files to migrate a database.
# Run as: cmake -DSCHEMA_DIR=… -DOUT=… -P embed.cmake
file(GLOB files ${SCHEMA_DIR}/*.sql)
list(SORT files)
set(texts "")
set(rows "")
set(expected 1)
foreach(file IN LISTS files)
  get_filename_component(name ${file} NAME_WE)
  if(NOT name MATCHES "^([0-9][0-9][0-9][0-9])_[a-z0-9_]+$")
    message(FATAL_ERROR "${file}: a migration is named NNNN_verb_noun.sql")
  endif()
  string(REGEX REPLACE "^0+" "" version ${CMAKE_MATCH_1})
  if(NOT version EQUAL expected)
    message(FATAL_ERROR "${file}: number ${expected} was expected")
  endif()
  math(EXPR expected "${expected} + 1")
  # Bytes, not a string literal: no escaping to get wrong, no limit of length.
  file(READ ${file} hex HEX)
  string(REGEX REPLACE "(..)" "0x\\1," bytes "${hex}")
  string(REGEX REPLACE "(0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,)" "\\1\n" bytes "${bytes}")
  file(SHA256 ${file} checksum)
  string(APPEND texts "static const unsigned char text_${version}[] = {\n${bytes}0x00};\n")
  string(APPEND rows "    {${version}, \"${name}\", \"${checksum}\", (const char *)text_${version}},\n")
endforeach()
math(EXPR count "${expected} - 1")
if(count EQUAL 0)
  message(FATAL_ERROR "no migrations in ${SCHEMA_DIR}")
endif()
file(WRITE ${OUT} "/* Made by cmake/embed.cmake from schema/. */
#include \"store/migrations.h\"
${texts}
const struct migration migrations[] = {
${rows}};
const size_t migrations_n = ${count};
")
