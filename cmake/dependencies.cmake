# What the server and portfolio-top stand on, then what the server does alone;
# CONTRIBUTING.md gives each dependency's reason.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
pkg_check_modules(LWS REQUIRED IMPORTED_TARGET libwebsockets>=4.1.6)
pkg_check_modules(JANSSON REQUIRED IMPORTED_TARGET jansson>=2.13)
pkg_check_modules(CURL REQUIRED IMPORTED_TARGET libcurl>=7.68)
pkg_check_modules(ZLIB REQUIRED IMPORTED_TARGET zlib)
pkg_check_modules(CRYPTO REQUIRED IMPORTED_TARGET libcrypto>=3.0)
pkg_check_modules(SSL REQUIRED IMPORTED_TARGET libssl>=3.0)
if(NOT PF_SERVER)
  return()
endif()

pkg_check_modules(PQ REQUIRED IMPORTED_TARGET libpq)
pkg_check_modules(HIREDIS REQUIRED IMPORTED_TARGET hiredis>=0.14)
pkg_check_modules(SODIUM REQUIRED IMPORTED_TARGET libsodium>=1.0.18)

# libev ships no pkg-config file.
find_path(EV_INCLUDE_DIR ev.h REQUIRED)
find_library(EV_LIBRARY ev REQUIRED)
add_library(pf_libev INTERFACE)
# SYSTEM: libev's own macros do not pass our warnings.
target_include_directories(pf_libev SYSTEM INTERFACE ${EV_INCLUDE_DIR})
target_link_libraries(pf_libev INTERFACE ${EV_LIBRARY})
