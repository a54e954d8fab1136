"""portfolio-top is built by itself where what only the server needs is not installed."""

import os
import subprocess

import pytest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
OF_THE_SERVER = ("libpq", "hiredis", "libsodium")


@pytest.fixture(name="configure")
def cmake_without_libraries(tmp_path):
    """configure(definitions): CMake where pkg-config knows nothing of the server's libraries."""
    program = tmp_path / "pkg-config"
    patterns = "|".join(f"*{name}*" for name in OF_THE_SERVER)
    program.write_text(f'#!/bin/sh\ncase "$*" in {patterns}) exit 1 ;; esac\nexec pkg-config "$@"\n')
    program.chmod(0o755)

    def configure(*definitions):
        command = ["cmake", "-S", ROOT, "-B", tmp_path / "build", "-G", "Ninja", f"-DPKG_CONFIG_EXECUTABLE={program}"]
        return subprocess.run([*command, *definitions], capture_output=True, text=True, check=False)

    yield configure


def test_without_the_libraries_of_the_server(configure, tmp_path):
    done = configure("-DPF_SERVER=OFF")
    assert done.returncode == 0, done.stderr
    listed = subprocess.run(
        ["ninja", "-C", tmp_path / "build", "-t", "inputs", "portfolio-top"], capture_output=True, text=True, check=True
    )
    assert "clients/terminal/follower.c" in listed.stdout
    assert not any(f"/server/{folder}/" in listed.stdout for folder in ("store", "feed", "net", "identity", "app"))
    with open(tmp_path / "build" / "clients" / "terminal" / "cmake_install.cmake", encoding="utf-8") as file:
        assert 'DESTINATION "${CMAKE_INSTALL_PREFIX}/bin"' in file.read()


def test_the_server_still_needs_them(configure):
    """Else the test above shows nothing."""
    done = configure()
    assert done.returncode != 0 and "libpq" in done.stdout
