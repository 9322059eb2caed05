# shellcheck shell=bash disable=SC2034,SC2154 # variables are the runner's
about="no OpenCL visible: everything that needs no device"
title="no OpenCL visible"
needs_build=yes

stage_run() { suite_java; }
