/* SPDX-License-Identifier: ISC */
/*
 * Common to parsing and writing of DHCP messages: RFC 951, 2131, 2132 and the
 * numbers of options.
 */
#ifndef SROAMD_WIRE_DHCP_LOCAL_H
#define SROAMD_WIRE_DHCP_LOCAL_H

#define BOOTREQUEST	1
#define BOOTREPLY	2
#define HTYPE_ETHER	1
#define COOKIE		0x63825363
#define FLAG_BROADCAST	0x8000

#define CHADDR_LEN	16
#define SNAME_LEN	64
#define FILE_LEN	128

#define OPTION_PAD	0
#define OPTION_MASK	1
#define OPTION_ROUTER	3
#define OPTION_DNS	6
#define OPTION_HOST	12
#define OPTION_DOMAIN	15
#define OPTION_MTU	26
#define OPTION_BROADCAST 28
#define OPTION_NTP	42
#define OPTION_ADDRESS	50
#define OPTION_LEASE	51
#define OPTION_OVERLOAD	52
#define OPTION_TYPE	53
#define OPTION_SERVER	54
#define OPTION_PARAMS	55
#define OPTION_MESSAGE	56
#define OPTION_MAXSIZE	57
#define OPTION_T1	58
#define OPTION_T2	59
#define OPTION_CLIENT	61
#define OPTION_BOOT_SERVER 66
#define OPTION_BOOT_FILE 67
#define OPTION_RAPID	80	/* RFC 4039 */
#define OPTION_FQDN	81	/* RFC 4702 */
#define OPTION_RELAY	82	/* RFC 3046 */
#define OPTION_ARCH	93	/* RFC 4578 */
#define OPTION_IPV6ONLY	108	/* RFC 8925 */
#define OPTION_PORTAL	114	/* RFC 8910 */
#define OPTION_SEARCH	119	/* RFC 3397 */
#define OPTION_ROUTES	121	/* RFC 3442 */
#define OPTION_ROUTES_MS 249	/* Microsoft's number for 121 */
#define OPTION_END	255

/* Suboptions of option 82. */
#define RELAY_LINK	5	/* RFC 3527 */
#define RELAY_OVERRIDE	11	/* RFC 5107 */
#define RELAY_PORT	19	/* RFC 8357 */

/* Flags of option 81. */
#define FQDN_S		0x01	/* server updates the address */
#define FQDN_O		0x02	/* server overrides the client's wish */
#define FQDN_E		0x04	/* in wire form, not ASCII */
#define FQDN_N		0x08	/* server updates nothing */

#endif
