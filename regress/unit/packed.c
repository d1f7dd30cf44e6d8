/* SPDX-License-Identifier: ISC */
/*
 * The structs of messages again, as they would be without padding: their size
 * is the sum of all fields.
 */
#include <sys/types.h>

#include <stdbool.h>
#include <stdio.h>

#include "packed.h"

#pragma pack(push, 1)
#include "ipc/ipc.h"
#pragma pack(pop)

static const size_t sizes[IPC_MAX] = {
	[IPC_HELLO] = sizeof(struct ipc_hello),
	[IPC_IDENTITY] = sizeof(struct ipc_identity),
	[IPC_SIGN_ROUTER] = sizeof(struct ipc_sign_router),
	[IPC_SIGN_SESSION] = sizeof(struct ipc_sign_session),
	[IPC_SIGNED_ROUTER] = sizeof(struct ipc_signed_router),
	[IPC_SIGNED_SESSION] = sizeof(struct ipc_signed_session),
	[IPC_CONF_BEGIN] = sizeof(struct conf_global),
	[IPC_CONF_LISTEN] = sizeof(struct conf_listen),
	[IPC_CONF_PEER] = sizeof(struct conf_peer),
	[IPC_CONF_IFACE] = sizeof(struct conf_iface),
	[IPC_CONF_NETWORK] = sizeof(struct conf_network),
	[IPC_CONF_OPTION] = sizeof(struct conf_option),
	[IPC_CONF_STATIC] = sizeof(struct conf_host),
	[IPC_CONF_ROUTER] = sizeof(struct conf_router),
	[IPC_CONF_DENY] = sizeof(struct conf_deny),
	[IPC_CONF_BAR] = sizeof(struct conf_bar),
	[IPC_CONF_SECRET] = sizeof(struct ipc_secret),
	[IPC_VERBOSE] = sizeof(uint32_t),
	[IPC_LINK] = sizeof(struct link),
	[IPC_LINK_SOCKET] = sizeof(struct ipc_link_socket),
	[IPC_SIGHTING] = sizeof(struct sighting),
	[IPC_ADOPT] = sizeof(struct route),
	[IPC_PEER_FD] = sizeof(struct ipc_peer),
	[IPC_PEER_FAILED] = sizeof(struct ipc_peer),
	[IPC_PEER_ROUTE] = sizeof(struct ipc_peer),
	[IPC_DISCOVER_SOCKET] = sizeof(struct ipc_discover),
	[IPC_RESOLVE] = sizeof(struct ipc_resolve),
	[IPC_PARENT_STATUS] = sizeof(struct ctl_parent),
	[IPC_CONF_REFUSED] = sizeof(struct ipc_refused),
	[IPC_FD_LOST] = sizeof(struct ipc_fd_lost),
	[IPC_LOG] = sizeof(struct ipc_log),
	[IPC_LOG_LOST] = sizeof(struct ipc_lost),
	[IPC_RESOLVED] = sizeof(struct ipc_resolved),
	[IPC_PEER_CONNECT] = sizeof(struct ipc_peer),
	[IPC_ROUTE] = sizeof(struct route),
	[IPC_NEIGH] = sizeof(struct neigh),
	[IPC_NEXTHOP] = sizeof(struct nexthop),
	[IPC_DISASSOCIATE] = sizeof(struct disassociate),
	[IPC_PIN] = sizeof(struct pin),
	[IPC_INQUIRY] = sizeof(struct inquiry),
	[IPC_DHCP] = sizeof(struct dhcp_request),
	[IPC_DHCP6] = sizeof(struct dhcp6_request),
	[IPC_SOLICIT] = sizeof(struct solicit),
	[IPC_HEARD] = sizeof(struct heard),
	[IPC_ARP_ASK] = sizeof(struct arp_ask),
	[IPC_DHCP_REPLY] = sizeof(struct dhcp_reply),
	[IPC_DHCP6_REPLY] = sizeof(struct dhcp6_reply),
	[IPC_ADVERT] = sizeof(struct advert),
	[IPC_ANNOUNCE] = sizeof(struct announce),
	[IPC_PROBE] = sizeof(struct probe),
	[IPC_ARP_REPLY] = sizeof(struct arp_ask),
	[IPC_DROPS] = sizeof(struct ipc_drops),
	[IPC_CTL] = sizeof(struct ipc_ctl),
	[CTL_STATUS] = sizeof(struct ctl_status),
	[CTL_LEASE] = sizeof(struct ctl_lease),
	[CTL_STATION] = sizeof(struct ctl_station),
	[CTL_PEER] = sizeof(struct ctl_peer),
	[CTL_ROUTE] = sizeof(struct ctl_route),
	[CTL_ROUTER] = sizeof(struct ctl_router),
	[CTL_MEMORY] = sizeof(struct ctl_memory),
	[CTL_ROAM] = sizeof(struct ctl_roam),
	[CTL_NETWORK] = sizeof(struct ctl_network),
	[CTL_EVENT] = sizeof(struct ctl_event),
	[IPC_LISTEN] = sizeof(uint32_t),
	[IPC_CTL_MORE] = sizeof(uint32_t),
	[CTL_END] = sizeof(struct ctl_end),
};

size_t
packed_size(uint32_t type)
{
	return sizes[type];
}
