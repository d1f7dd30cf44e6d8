# SPDX-License-Identifier: ISC
"""A RADIUS server for access points: hostapd's own, by itself."""

SECRET = "what access points and server share"


class Radius:
    PORT = 1812

    def __init__(self, lab, ns, users):
        """users: lines of hostapd's eap_user_file."""
        clients = lab.write(f"{ns}-radius.clients", f"0.0.0.0/0 {SECRET}\n",
                            0o600)
        self.users = lab.write(f"{ns}-radius.users", "\n".join(users) + "\n",
                               0o600)
        conf = lab.write(f"{ns}-radius.conf", "\n".join([
            "driver=none", f"radius_server_clients={clients}",
            f"radius_server_auth_port={self.PORT}", "eap_server=1",
            f"eap_user_file={self.users}", "eap_sim_db=", "pwd_group=19",
            ]) + "\n", 0o600)
        self.proc = lab.spawn(f"{ns}-radius", ["hostapd", "-t", conf], ns=ns)

    @classmethod
    def lines(cls, addr):
        """Of an access point's hostapd that asks the server there."""
        return ["ieee8021x=1", f"auth_server_addr={addr}",
                f"auth_server_port={cls.PORT}",
                f"auth_server_shared_secret={SECRET}"]
