# sroamd: GNU make.  `make help` lists the targets.
.DEFAULT_GOAL := all
SHELL	= /bin/sh

VERSION	= 2.0.0
PREFIX	?= /usr/local
SBINDIR	?= $(PREFIX)/sbin
MANDIR	?= $(PREFIX)/share/man
SYSCONFDIR ?= /etc
UNITDIR	?= $(PREFIX)/lib/systemd/system
BUILD	?= build

CC	?= cc
YACC	= bison -y
PKGS	= libevent libnl-3.0 libnl-genl-3.0 libnl-route-3.0 libbsd-overlay libmd \
	  json-c libseccomp libcap-ng
PKG_CFLAGS := $(shell pkg-config --cflags $(PKGS) 2>/dev/null | sed 's/-I/-isystem /g')
PKG_LIBS   := $(shell pkg-config --libs $(PKGS) 2>/dev/null)

OPT	?= -O2 -g
WARN	= -Wall -Wextra -Wmissing-prototypes -Wstrict-prototypes \
	  -Wpointer-arith -Wsign-compare -Wcast-qual -Wshadow -Wformat=2 \
	  -Wvla -Wundef -Wwrite-strings -Wno-format-nonliteral
HARDEN	= -fPIE -fstack-protector-strong -D_FORTIFY_SOURCE=2 \
	  -fcf-protection -fno-common
LDHARDEN = -pie -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack
SAN	?=
ALL_CFLAGS = -std=gnu11 $(OPT) $(WARN) $(if $(SAN),$(SAN),$(HARDEN)) $(WERROR) \
	  -D_GNU_SOURCE -DVERSION='"$(VERSION)"' \
	  -Icommon -Isroamd -I$(BUILD)/sroamd $(PKG_CFLAGS) $(CFLAGS) \
	  -MMD -MP
ALL_LDFLAGS = $(if $(SAN),$(SAN),$(LDHARDEN)) $(LDFLAGS)

COMMON_SRCS = $(wildcard common/*.c)
SROAMD_SRCS = $(wildcard sroamd/*.c)
SROAMCTL_SRCS = $(wildcard sroamctl/*.c)
COMMON_OBJS = $(COMMON_SRCS:%.c=$(BUILD)/%.o)
SROAMD_OBJS = $(SROAMD_SRCS:%.c=$(BUILD)/%.o) \
	  $(patsubst %.y,$(BUILD)/%.o,$(wildcard sroamd/*.y))
SROAMCTL_OBJS = $(SROAMCTL_SRCS:%.c=$(BUILD)/%.o)

PROGS	= $(BUILD)/sroamd/sroamd $(BUILD)/sroamctl/sroamctl

all: $(PROGS)

$(BUILD)/sroamd/sroamd: $(SROAMD_OBJS) $(COMMON_OBJS)
	$(CC) $(ALL_LDFLAGS) -o $@ $^ $(PKG_LIBS)

$(BUILD)/sroamctl/sroamctl: $(SROAMCTL_OBJS) $(COMMON_OBJS)
	$(CC) $(ALL_LDFLAGS) -o $@ $^ $(PKG_LIBS)

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -c -o $@ $<

$(BUILD)/sroamd/parse.c: sroamd/parse.y
	@mkdir -p $(@D)
	$(YACC) -o $@ $<

$(BUILD)/sroamd/parse.o: $(BUILD)/sroamd/parse.c
	$(CC) $(ALL_CFLAGS) -c -o $@ $<

objs: $(COMMON_OBJS) $(SROAMD_OBJS) $(SROAMCTL_OBJS)

include regress/regress.mk

clean:
	rm -rf $(BUILD) build-*

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)

.PHONY: all objs clean
.SUFFIXES:
