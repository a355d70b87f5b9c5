#!/bin/sh
# Makes this machine a terminal that starts into secterm and nothing else, and says what it
# does at each step. Run it again after an upgrade; --undo takes back what it did.
set -eu

usage="Usage: sh setup.sh [--kmscon] [--undo] [--root DIR]

Without an option: this machine starts into secterm on its first console.
  --kmscon    on kmscon, for names that the kernel's console cannot show
  --undo      takes back all that setup.sh did; the vault stays where it is
  --root DIR  does it to the system in this folder, not to the one that runs"

fail() {
    echo "setup.sh: $1" >&2
    exit "${2:-1}"
}

root='' undo=no unit=secterm.service other=secterm-kmscon.service
while [ $# -gt 0 ]; do
    case $1 in
    --kmscon) unit=secterm-kmscon.service other=secterm.service ;;
    --undo) undo=yes ;;
    --root)
        [ -n "${2:-}" ] || fail "--root needs a folder. Nothing was changed." 2
        root=${2%/}
        shift
        ;;
    --root=?*) root=${1#--root=} root=${root%/} ;;
    -h | --help)
        echo "$usage"
        exit 0
        ;;
    *)
        echo "$usage" >&2
        fail "there is no option $1. Nothing was changed." 2
        ;;
    esac
    shift
done
here=$(cd "$(dirname "$0")" && pwd)
made=/etc/secterm/made-by-setup # each line a path: what --undo may take away, and no more
units=/etc/systemd/system

# --- before anything is changed ---------------------------------------------------------

if [ -n "$root" ]; then
    [ -d "$root" ] || fail "there is no folder $root. Nothing was changed." 2
elif [ "$(id -u)" -ne 0 ]; then
    fail "this changes the system, so it needs root: sudo sh $0, or log in as root. Nothing was changed."
elif [ ! -d /run/systemd/system ]; then
    fail "this machine was not started by systemd, so it cannot become a terminal this way. Nothing was changed."
fi
if [ "$undo" = no ]; then
    # Seen from outside, what the installer's link leads to is elsewhere.
    [ -x "$root/usr/local/bin/secterm" ] || { [ -n "$root" ] && [ -L "$root/usr/local/bin/secterm" ]; } ||
        fail "secterm is not installed for the whole machine (/usr/local/bin/secterm). Install it as root first: python3 FOLDER/install.py. Nothing was changed."
    if [ "$unit" = secterm-kmscon.service ] && [ ! -x "$root/usr/bin/kmscon" ]; then
        fail "kmscon is not installed (/usr/bin/kmscon). Install it first, or leave --kmscon out. Nothing was changed."
    fi
    # Recovery mode is the only way back in, and it asks for root's password.
    case $(grep '^root:' "$root/etc/shadow" 2>/dev/null | cut -d : -f 2) in
    '!'* | '*'*) fail "root has no password, and then nobody gets into this machine again: there is no login on a terminal, and recovery mode asks for it. Set one first: passwd root. Nothing was changed." ;;
    esac
fi

# --- what it makes, and notes ------------------------------------------------------------

note() {
    grep -qxF "$1" "$root$made" || echo "$1" >>"$root$made"
}

mine() {
    [ -f "$root$made" ] && grep -qxF "$1" "$root$made"
}

# copy FILE TO: where somebody else's file is, it stays, and that is said.
copy() {
    if [ -e "$root$2" ] && ! mine "$2" && ! cmp -s "$here/$1" "$root$2"; then
        fail "there is a file $2 already, which is not of setup.sh. It was left as it is. Move it away and run this again."
    fi
    mkdir -p "$root$(dirname "$2")"
    note "$2"
    install -m 0644 "$here/$1" "$root$2"
    echo "    $2"
}

# link PATH TARGET: a link that is there already is kept, and is not ours to take away.
link() {
    if [ "$(readlink "$root$1" 2>/dev/null)" = "$2" ]; then
        :
    elif [ -e "$root$1" ] || [ -L "$root$1" ]; then
        fail "there is a file $1 already, which is not of setup.sh. It was left as it is. Move it away and run this again."
    else
        mkdir -p "$root$(dirname "$1")"
        note "$1"
        ln -s "$2" "$root$1"
    fi
    echo "    $1"
}

# What the running system has to be told; with --root nobody listens.
live() {
    if [ -z "$root" ] && command -v "$1" >/dev/null 2>&1; then
        "$@" || echo "    ($* did not work; a restart of the machine does the same)"
    fi
}

take_away() {
    while read -r path; do
        case $path in
        /etc/*) rm -f "$root$path" && echo "    $path" ;;
        esac
    done <"$root$made"
    rm -f "$root$made"
}

tell_system() {
    live systemctl daemon-reload
    live udevadm control --reload
    live update-initramfs -u
}

# --- undo -----------------------------------------------------------------------------------

if [ "$undo" = yes ]; then
    if [ ! -f "$root$made" ]; then
        echo "setup.sh has done nothing here, or it was taken back already. Nothing was changed."
        exit 0
    fi
    echo "1. What setup.sh had put in place is taken away:"
    take_away
    echo "2. The system is told."
    tell_system
    echo "Done. The user secterm and the vault in /var/lib/secterm stay as they are."
    echo "Restart the machine: it comes up with a login on its first console."
    exit 0
fi

# --- do -----------------------------------------------------------------------------------------

echo "1. A user of its own, secterm, who can log in nowhere:"
mkdir -p "$root/etc/secterm"
touch "$root$made"
copy sysusers.conf /etc/sysusers.d/secterm.conf
live systemd-sysusers

echo "2. The terminal:"
copy secterm.service $units/secterm.service
copy secterm-kmscon.service $units/secterm-kmscon.service
copy secterm-console.service $units/secterm-console.service
if mine "$units/multi-user.target.wants/$other"; then
    rm -f "$root$units/multi-user.target.wants/$other"
fi
link "$units/multi-user.target.wants/$unit" "../$unit"

echo "3. No other login, no Ctrl+Alt+Del; the power button locks and switches off:"
link $units/getty@tty1.service /dev/null
link $units/autovt@.service /dev/null
link $units/ctrl-alt-del.target /dev/null
link $units/kbrequest.target /dev/null
copy logind.conf /etc/systemd/logind.conf.d/secterm.conf
copy system.conf /etc/systemd/system.conf.d/secterm.conf

echo "4. Nothing of the memory reaches the disk: no swap, no sleep, no core files, no SysRq:"
for target in swap sleep suspend hibernate hybrid-sleep suspend-then-hibernate; do
    link $units/$target.target /dev/null
done
copy sysctl.conf /etc/sysctl.d/90-secterm.conf

echo "5. No network:"
copy modprobe.conf /etc/modprobe.d/secterm.conf

echo "6. Sticks that are plugged in show in /media:"
copy sticks.rules /etc/udev/rules.d/90-secterm-sticks.rules

echo "7. The system is told; this takes a moment."
live swapoff -a
tell_system

echo "Done. The vault will be /var/lib/secterm/vault.db."
echo "Restart the machine: it comes up with secterm. The way back in is recovery mode, in the"
echo "menu when the machine starts, with root's password; sh $0 --undo takes all of it back."
