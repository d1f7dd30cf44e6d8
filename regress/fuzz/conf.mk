FUZZERS += fuzz_config
fuzz_config_SRCS = common/addr.c common/log.c sroamd/conf.c sroamd/conf_dhcp.c \
	sroamd/conf_check.c sroamd/conf_value.c common/nomem.c build-fuzz/sroamd/parse.c

build-fuzz/sroamd/parse.c: sroamd/parse.y
	@mkdir -p $(@D)
	$(YACC) -o $@ $<
