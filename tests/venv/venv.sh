# Sourced with venv, modules and packages set: a Python that imports the modules, as $python.  The system's
# where it does, else one of $BUILD/venv-$venv, which only CROSS=1 (make cross, the benchmarks) makes, with
# packages from the package index.  Ends the test as skipped where there is none.  base: another Python to
# begin with, whose packages the venv sees too; bare: packages without what they depend on.
python=${base:-python3}
if ! "$python" -c "import $modules" 2>/dev/null; then
    python=$BUILD/venv-$venv/bin/python
    if ! "$python" -c "import $modules" 2>/dev/null; then
        [ -n "${CROSS:-}" ] || { echo "make cross installs what this compares with"; exit 77; }
        rm -rf "$BUILD/venv-$venv"
        # shellcheck disable=SC2086
        { "${base:-python3}" -m venv ${base:+--system-site-packages} "$BUILD/venv-$venv" &&
            "$python" -m pip install -q --disable-pip-version-check $packages &&
            { [ -z "${bare:-}" ] || "$python" -m pip install -q --disable-pip-version-check --no-deps $bare; }
        } >"$BUILD/venv-$venv.log" 2>&1 || { echo "cannot be installed: $packages ${bare:-}"; exit 77; }
    fi
fi
