/* SPDX-License-Identifier: ISC */
/* Text from hostapd's control sockets. */
#include <string.h>

#include "fuzz_wire.h"
#include "wire/hostapd.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct hostapd_message m;
	char out[HOSTAPD_COMMAND];

	wire_hostapd_parse((const char *)data, len, &m);
	CHECK(m.kind <= HOSTAPD_TERMINATING);
	CHECK(memchr(m.ifname, '\0', sizeof(m.ifname)) != NULL);
	if (m.kind != HOSTAPD_CONNECTED && m.kind != HOSTAPD_DISCONNECTED)
		return 0;
	CHECK(mac_is_station(&m.mac));
	wire_hostapd_drop(out, m.ifname, &m.mac, true);
	CHECK(strlen(out) < sizeof(out) - 1);
	return 0;
}
