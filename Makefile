# sroamd: GNU make.  `make help` lists the targets.
.DEFAULT_GOAL := all
SHELL	= /bin/sh

VERSION	= 2.0.0
PREFIX	?= /usr/local
SBINDIR	?= $(PREFIX)/sbin
LIBEXECDIR ?= $(PREFIX)/libexec
MANDIR	?= $(PREFIX)/share/man
SYSCONFDIR ?= /etc
UNITDIR	?= $(PREFIX)/lib/systemd/system
SYSUSERSDIR ?= $(PREFIX)/lib/sysusers.d
SYSCTLDIR ?= $(SYSCONFDIR)/sysctl.d
BUILD	?= build

CC	?= cc
YACC	= bison -y
PKG_CFLAGS := $(shell pkg-config --cflags libevent_core libnl-3.0 \
	  libnl-genl-3.0 libnl-route-3.0 libbsd-overlay libmd json-c \
	  libseccomp libcap-ng lmdb libevent_openssl openssl libsodium 2>/dev/null | sed 's/-I/-isystem /g')

OPT	?= -O2 -g
WARN	= -Wall -Wextra -Wmissing-prototypes -Wstrict-prototypes \
	  -Wpointer-arith -Wsign-compare -Wcast-qual -Wshadow -Wformat=2 \
	  -Wvla -Wundef -Wwrite-strings -Wno-format-nonliteral
# As Debian's hardening=+all and the OpenSSF's guide for compilers have it; of
# the second line what this compiler knows for this processor.
HARDEN	:= -fPIE -fno-common -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 \
	  -fstack-protector-strong -Werror=format-security $(shell \
	  for f in -fcf-protection=full -mbranch-protection=standard \
	  -fstack-clash-protection -ftrivial-auto-var-init=zero \
	  -fstrict-flex-arrays=3 -fno-delete-null-pointer-checks \
	  -fno-strict-overflow -fno-strict-aliasing; do \
	  $(CC) -Werror $$f -S -o /dev/null -x c /dev/null 2>/dev/null && \
	  echo $$f; done)
LDHARDEN = -pie -Wl,--as-needed -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack \
	  -Wl,-z,separate-code
SAN	?=
ALL_CFLAGS = -std=gnu11 -pthread $(OPT) $(WARN) $(if $(SAN),$(SAN),$(HARDEN)) $(WERROR) \
	  -D_GNU_SOURCE -DVERSION='"$(VERSION)"' \
	  -I. -Isroamd $(PKG_CFLAGS) $(CFLAGS) \
	  -MMD -MP
ALL_LDFLAGS = -pthread $(if $(SAN),$(SAN),$(LDHARDEN)) $(LDFLAGS)

comma	:= ,

# Rooms, each a folder and an archive of what is in it, from the top down: what
# stands here later is linked later, and must not call what stands before it.
# What a room may use is a line of its own; regress/layers holds these lines
# against what is included and what is called.
ROOMS = parent frontend engine resolver signer examiner session tls store \
	kernel radio core roam lease table proc ipc conf wire sroamctl common

sroamctl_uses	= conf common
wire_uses	= common
conf_uses	= common
ipc_uses	= conf common
proc_uses	= ipc common
table_uses	= conf common
lease_uses	= table conf common
roam_uses	= lease table conf common
core_uses	= roam lease table conf common
radio_uses	= wire common
kernel_uses	= radio conf common
store_uses	= table conf common
tls_uses	= conf common
session_uses	= tls core lease table wire ipc conf common
engine_uses	= session store tls core roam lease table proc ipc conf common
frontend_uses	= proc ipc wire conf common
resolver_uses	= proc ipc conf common
signer_uses	= proc ipc conf common
examiner_uses	= store proc ipc table conf common
parent_uses	= kernel proc ipc wire conf common

# What its own files call of other libraries: packages of pkg-config.
parent_PKGS	= libevent_core libcap-ng libseccomp
engine_PKGS	= libevent_core libsodium
frontend_PKGS	= libevent_core
resolver_PKGS	= libevent_core
signer_PKGS	= libevent_core libsodium
session_PKGS	= libevent_core libsodium
tls_PKGS	= libevent_core libevent_openssl openssl libmd
store_PKGS	= libevent_core lmdb
kernel_PKGS	= libevent_core libnl-3.0 libnl-route-3.0
radio_PKGS	= libevent_core libnl-3.0 libnl-genl-3.0
table_PKGS	= libsodium
lease_PKGS	= libmd
proc_PKGS	= libevent_core libseccomp
ipc_PKGS	= libevent_core
conf_PKGS	= libmd
wire_PKGS	= libmd
sroamctl_PKGS	= json-c
common_PKGS	= libbsd-overlay libmd

# Where a room is, if not in sroamd/.
common_dir	= common
sroamctl_dir	= sroamctl
session_dir	= sroamd/engine/session
store_dir	= sroamd/engine/store
tls_dir		= sroamd/engine/tls

folders	= $(or $($(1)_dir),sroamd/$(1))
sources	= $(wildcard $(addsuffix /*.c,$(call folders,$(1))))
objects	= $(patsubst %.c,$(BUILD)/%.o,$(sources)) \
	  $(patsubst %.y,$(BUILD)/%.o,$(wildcard $(addsuffix /*.y,$(call folders,$(1)))))
# Rooms and all below them: as archives in the order of linking, and the
# libraries.  libevent_openssl asks for all of libevent, and needs its core.
reach	= $(1) $(foreach r,$($(1)_uses),$(call reach,$(r)))
below	= $(sort $(foreach r,$(1),$(call reach,$(r))))
archives = $(patsubst %,$(BUILD)/lib%.a,$(filter $(call below,$(1)),$(ROOMS)))
libs	= $(filter-out -levent,$(shell pkg-config --libs \
	  $(sort $(foreach r,$(call below,$(1)),$($(r)_PKGS)))))

define ARCHIVE
$(BUILD)/lib$(1).a: $(call objects,$(1))
	@rm -f $$@
	$$(AR) rcs $$@ $$^
endef
$(foreach r,$(ROOMS),$(eval $(call ARCHIVE,$(r))))

# A program's main file and the room whose it is.
define PROGRAM
$(BUILD)/$(1): $(BUILD)/$(2).o $(call archives,$(3))
	$$(CC) $$(ALL_LDFLAGS) -o $$@ $$^ $$(call libs,$(3))
endef
$(eval $(call PROGRAM,sroamd/sroamd,sroamd/parent/sroamd,parent))
$(eval $(call PROGRAM,sroamd/sroamd-engine,sroamd/engine/main,engine))
$(eval $(call PROGRAM,sroamd/sroamd-frontend,sroamd/frontend/main,frontend))
$(eval $(call PROGRAM,sroamd/sroamd-resolver,sroamd/resolver/main,resolver))
$(eval $(call PROGRAM,sroamd/sroamd-signer,sroamd/signer/main,signer))
$(eval $(call PROGRAM,sroamd/sroamd-examiner,sroamd/examiner/main,examiner))
$(eval $(call PROGRAM,sroamctl/sroamctl,sroamctl/sroamctl,sroamctl))
CHILDREN = $(addprefix $(BUILD)/sroamd/sroamd-,engine frontend resolver \
	  signer examiner)
PROGS	= $(BUILD)/sroamd/sroamd $(CHILDREN) $(BUILD)/sroamctl/sroamctl

# Where sroamd finds the others: here; once more for make install, below.
$(BUILD)/sroamd/parent/paths.o: ALL_CFLAGS += -DPROGRAMS_INSTALLED=false \
	  -DPROGRAMS_FOLDER='"$(abspath $(BUILD))/sroamd"'

# By which programs of one build know each other.
BUILD_SRCS := $(sort $(shell find common sroamd -name '*.[chy]'))
$(BUILD)/sroamd/proc/build.o: sroamd/proc/build.c $(BUILD_SRCS)
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -DBUILD_ID="\"$(VERSION)-$$(cat $(BUILD_SRCS) | \
	    sha256sum | cut -c 1-12)\"" -c -o $@ $<

all: $(PROGS)

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -c -o $@ $<

$(BUILD)/%.c: %.y
	@mkdir -p $(@D)
	$(YACC) -o $@ $<

$(BUILD)/%.o: $(BUILD)/%.c
	$(CC) $(ALL_CFLAGS) -c -o $@ $<

# Each with what it uses and its folders, for regress/layers.
rooms:
	@$(foreach r,$(ROOMS),echo "$(r):$($(r)_uses):$(call folders,$(r))";)

objs: $(foreach r,$(ROOMS),$(call objects,$(r)))

# Where things go; DESTDIR is put in front of all of them.
MANPAGES = man/sroamd.8 man/sroamctl.8 man/sroamd.conf.5 man/sroam-flood.7
EXAMPLEDIR ?= $(PREFIX)/share/doc/sroamd/examples
COMPDIR	?= $(PREFIX)/share/bash-completion/completions

# sroamd, linked to find the others where they are installed.
$(BUILD)/install/paths.o: sroamd/parent/paths.c FORCE
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -DPROGRAMS_INSTALLED=true \
	    -DPROGRAMS_FOLDER='"$(LIBEXECDIR)/sroamd"' -c -o $@ $<
$(BUILD)/install/sroamd: $(BUILD)/install/paths.o \
		$(BUILD)/sroamd/parent/sroamd.o $(call archives,parent)
	$(CC) $(ALL_LDFLAGS) -o $@ $^ $(call libs,parent)

install: all $(BUILD)/install/sroamd
	install -d $(DESTDIR)$(SBINDIR) $(DESTDIR)$(UNITDIR) \
	    $(DESTDIR)$(EXAMPLEDIR)/babeld.service.d $(DESTDIR)$(COMPDIR) \
	    $(DESTDIR)$(SYSCONFDIR)
	install -d $(DESTDIR)$(LIBEXECDIR)/sroamd
	install -m 0755 $(CHILDREN) $(DESTDIR)$(LIBEXECDIR)/sroamd
	install -m 0755 $(BUILD)/install/sroamd $(BUILD)/sroamctl/sroamctl \
	    $(DESTDIR)$(SBINDIR)
	for m in $(MANPAGES); do \
		d=$(DESTDIR)$(MANDIR)/man$${m##*.}; \
		install -d $$d && install -m 0644 $$m $$d && \
		sed -i 's,/usr/local/libexec,$(LIBEXECDIR),' $$d/$${m##*/} || \
		exit 1; \
	done
	@for u in sroamd sroamd-routes sroamd-audit sroamd-events@; do \
		sed 's,/usr/local/sbin,$(SBINDIR),' etc/$$u.service \
		    >$(DESTDIR)$(UNITDIR)/$$u.service || exit 1; \
	done
	install -m 0644 etc/sroamctl.bash $(DESTDIR)$(COMPDIR)/sroamctl
	install -m 0644 etc/sroamd.conf etc/hostapd.conf etc/babeld.conf etc/bird.conf \
	    etc/bird-ibgp.conf etc/frr.conf etc/sroamd.nft etc/networks.nft \
	    etc/mdns.nft etc/avahi-daemon.conf etc/interfaces etc/exit.nft \
	    $(DESTDIR)$(EXAMPLEDIR)
	install -m 0644 etc/babeld.service.d/sroamd.conf \
	    $(DESTDIR)$(EXAMPLEDIR)/babeld.service.d
	install -d $(DESTDIR)$(EXAMPLEDIR)/networkd
	install -m 0644 etc/networkd/* $(DESTDIR)$(EXAMPLEDIR)/networkd
	install -d $(DESTDIR)$(SYSCONFDIR)/iproute2/rt_protos.d \
	    $(DESTDIR)$(SYSCTLDIR) $(DESTDIR)$(SYSUSERSDIR)
	install -m 0644 etc/sysusers.d/sroamd.conf $(DESTDIR)$(SYSUSERSDIR)
	install -m 0644 etc/rt_protos.d/sroamd.conf \
	    $(DESTDIR)$(SYSCONFDIR)/iproute2/rt_protos.d
	install -m 0644 etc/sysctl.d/sroamd.conf \
	    $(DESTDIR)$(SYSCTLDIR)/60-sroamd.conf
	@test -e $(DESTDIR)$(SYSCONFDIR)/sroamd.conf || \
	    echo "now write $(SYSCONFDIR)/sroamd.conf: sroamd.conf(5)"

uninstall:
	rm -f $(addprefix $(DESTDIR)$(SBINDIR)/,sroamd sroamctl)
	rm -rf $(DESTDIR)$(LIBEXECDIR)/sroamd
	for m in $(MANPAGES); do \
		rm -f $(DESTDIR)$(MANDIR)/man$${m##*.}/$${m##*/}; \
	done
	rm -f $(DESTDIR)$(UNITDIR)/sroamd.service \
	    $(DESTDIR)$(UNITDIR)/sroamd-routes.service \
	    $(DESTDIR)$(UNITDIR)/sroamd-audit.service \
	    $(DESTDIR)$(UNITDIR)/sroamd-events@.service \
	    $(DESTDIR)$(COMPDIR)/sroamctl
	rm -rf $(DESTDIR)$(PREFIX)/share/doc/sroamd
	rm -f $(DESTDIR)$(SYSUSERSDIR)/sroamd.conf
	rm -f $(DESTDIR)$(SYSCONFDIR)/iproute2/rt_protos.d/sroamd.conf \
	    $(DESTDIR)$(SYSCTLDIR)/60-sroamd.conf

# Static checks, each of which must have nothing to say.
LINT_SRCS = $(foreach r,$(ROOMS),$(call sources,$(r)))
LINT_FLAGS = -D_GNU_SOURCE -I. -Isroamd -DVERSION='\"\"' -DBUILD_ID='\"\"' \
	  -DPROGRAMS_FOLDER='\"\"' -DPROGRAMS_INSTALLED=true $(PKG_CFLAGS)

lint: all $(BUILD)/regress/sim/sim
	@ANALYSE_FLAGS="$(LINT_FLAGS)" regress/analyse $(LINT_SRCS)
	mandoc -T lint -W warning $(MANPAGES)
	shellcheck .ci/run regress/fuzz/run regress/lab/deps regress/lab/kernel
	regress/layers $(BUILD)
	regress/fatals
	regress/style
	regress/hacking
	regress/runbook

help:
	@echo 'make            build sroamd and sroamctl in $(BUILD)/'
	@echo 'make install    install below PREFIX=$(PREFIX) (DESTDIR, LIBEXECDIR, ...)'
	@echo 'make deps       install the Debian packages that are needed (root)'
	@echo 'make demo       stations roam between routers in namespaces (root)'
	@echo 'make demo-wifi  a station roams between access points, virtual ones (root)'
	@echo 'make lab        the kernel of the virtual machine that tests run in (root)'
	@echo 'make regress    the tests (root); SUITES="unit net" for some'
	@echo 'make release    all of them, at length (root)'
	@echo 'make unit       the unit tests alone'
	@echo 'make sim        the simulator alone'
	@echo 'make model      the models of the flooding protocol (spin)'
	@echo 'make fuzz       every fuzz harness for FUZZ_SECONDS=$(FUZZ_SECONDS)'
	@echo 'make fuzz-cover which lines they reach, by harness'
	@echo 'make bench      figures beside other servers (root)'
	@echo 'make bench-wifi what a Wi-Fi roam costs, by security mode (root)'
	@echo 'make soak       an hour of harm to 12 routers, in minutes (root);'
	@echo '                SEED=1 SECONDS=3600'
	@echo 'make mutate     do the tests notice changes of ROOM=$(ROOM), COUNT=$(COUNT)?'
	@echo 'make lint       static checks'
	@echo 'make clean      remove what was built'

include regress/regress.mk

clean:
	rm -rf $(BUILD) build-*

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)

.PHONY: FORCE all objs rooms install uninstall lint help clean
.SUFFIXES:
