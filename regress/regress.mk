# The tests: *.mk files beside what they build.
include $(wildcard regress/*/*.mk)
