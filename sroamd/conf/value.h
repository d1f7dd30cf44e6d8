/* SPDX-License-Identifier: ISC */
/*
 * Texts to values.  All return 0, or -1 and `why` of CONF_WHY octets: what is
 * wrong and what would be right.
 */
#ifndef SROAMD_CONF_VALUE_H
#define SROAMD_CONF_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "conf/conf.h"

int	conf_wrong(char *why, const char *, ...)	/* says so; -1 */
	    __attribute__((format(printf, 2, 3)));
int	conf_value_prefix(const char *, struct prefix *, char *why);
int	conf_value_gateway(const char *, struct prefix *, char *why);
int	conf_value_addr(const char *, struct addr *, char *why);
/* The name of a host, RFC 1123 2.1, or of an alias in some /etc/hosts. */
int	conf_value_host(const char *, char host[CONF_HOST], char *why);
int	conf_value_id(const char *, struct router_id *, char *why);
int	conf_value_mac(const char *, struct mac *, char *why);
int	conf_value_port(const char *, uint16_t *, char *why);
/* A text or what a file holds; its octets are not told in `why`. */
int	conf_value_secret(const void *, size_t len, char *why);
/* An array of size octets, and the text has max at most. */
int	conf_value_text(const char *, char *at, size_t size, size_t max,
	    char *why);
int	conf_value_psk(const char *, char text[CONF_PATH], char *why);
int	conf_value_path(const char *, char path[CONF_PATH], char *why);
int	conf_value_ifname(const char *, char name[16], char *why);
int	conf_value_number(const char *, uint32_t min, uint32_t max,
	    uint32_t *, char *why);
/* 90m, 1h30m, 250ms. */
int	conf_value_time(const char *, bool ms, uint32_t *, char *why);
int	conf_value_key(const char *, uint8_t key[32], char *why);
int	conf_value_v4(const char *, struct addr *, char *why);
/* Octets in hexadecimal, colons between them or not. */
int	conf_value_hex(const char *, uint8_t *, size_t max, size_t *len,
	    char *why);
int	conf_value_domain(const char *, char domain[CONF_DOMAIN], char *why);
int	conf_value_uri(const char *, char uri[CONF_URI], char *why);
int	conf_value_nat64(const char *, struct prefix *, char *why);
#endif
