# Memory that is refused, at each allocation in turn.
comma_	:= ,
REFUSE_LIBS = $(addprefix -Wl$(comma_)--wrap=,malloc calloc realloc \
	  reallocarray recallocarray strdup strndup asprintf free freezero)

UNIT_TESTS += test_refuse_core
test_refuse_core_SRCS = $(wildcard sroamd/core*.c) sroamd/conf.c \
	sroamd/conf_dhcp.c common/addr.c common/timer.c common/ibuf.c \
	regress/unit/core_node.c regress/unit/refuse.c
test_refuse_core_LIBS = $(REFUSE_LIBS)
