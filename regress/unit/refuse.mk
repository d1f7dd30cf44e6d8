# Memory that is refused, at each allocation in turn.
comma_	:= ,
REFUSE_LIBS = $(addprefix -Wl$(comma_)--wrap=,malloc calloc realloc \
	  reallocarray recallocarray strdup strndup asprintf free freezero)

UNIT_TESTS += test_refuse_core
test_refuse_core_SRCS = $(wildcard sroamd/core*.c) sroamd/conf.c \
	sroamd/conf_dhcp.c common/addr.c common/timer.c common/ibuf.c \
	regress/unit/core_node.c regress/unit/refuse.c
test_refuse_core_LIBS = $(REFUSE_LIBS)

UNIT_TESTS += test_refuse_conf
test_refuse_conf_SRCS = common/addr.c common/nomem.c sroamd/conf.c \
	sroamd/conf_dhcp.c sroamd/conf_check.c sroamd/conf_value.c \
	sroamd/conf_ipc.c regress/unit/refuse.c
test_refuse_conf_LIBS = $(REFUSE_LIBS)
$(BUILD)/regress/test_refuse_conf: $(BUILD)/sroamd/parse.o

UNIT_TESTS += test_refuse_session
test_refuse_session_SRCS = $(wildcard sroamd/core*.c sroamd/session*.c \
	sroamd/tls*.c) sroamd/conf.c sroamd/conf_dhcp.c sroamd/ipc.c \
	sroamd/wire_flood.c sroamd/wire_beacon.c common/addr.c common/timer.c \
	common/ibuf.c common/nomem.c regress/unit/refuse.c
test_refuse_session_LIBS = $(REFUSE_LIBS) $(addprefix -Wl$(comma_)--wrap=, \
	clock_gettime event_add event_del event_pending event_free \
	bufferevent_openssl_socket_new)
