//! Where the machine keeps PostgreSQL's programs.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

/// The oldest release the schema works on.
const OLDEST: u32 = 14;

/// The directory of a usable `initdb`, `pg_ctl` and `postgres`: from `PATH`, from `pg_config`, or from where
/// packages put them.
pub(super) fn find() -> Option<PathBuf> {
    candidates().into_iter().find(|directory| is_usable(directory))
}

fn candidates() -> Vec<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut found: Vec<PathBuf> = std::env::split_paths(&path).collect();
    if let Ok(answer) = Command::new("pg_config").arg("--bindir").output() {
        found.push(PathBuf::from(String::from_utf8_lossy(&answer.stdout).trim()));
    }
    // Debian and its kin, Red Hat's, Homebrew's; the newest release first.
    for (parent, tail) in [("/usr/lib/postgresql", "bin"), ("/usr", "bin"), ("/opt/homebrew/opt", "bin")] {
        let mut releases = directories(Path::new(parent));
        releases.sort_by_key(|directory| std::cmp::Reverse(release(&directory.to_string_lossy())));
        found.extend(releases.into_iter().map(|directory| directory.join(tail)));
    }
    found
}

fn directories(parent: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(parent).into_iter().flatten().flatten();
    let in_packages = parent.ends_with("postgresql");
    let is_release = |name: &str| in_packages || name.starts_with("pgsql-") || name.starts_with("postgresql");
    entries.filter(|entry| is_release(&entry.file_name().to_string_lossy())).map(|entry| entry.path()).collect()
}

fn is_usable(directory: &Path) -> bool {
    ["initdb", "pg_ctl", "postgres"].iter().all(|program| directory.join(program).is_file())
        && Command::new(directory.join("postgres"))
            .arg("--version")
            .output()
            .is_ok_and(|answer| release(&String::from_utf8_lossy(&answer.stdout)) >= OLDEST)
}

/// The first number in a text: of `postgres (PostgreSQL) 15.8 (Debian ...)` it is 15.
fn release(text: &str) -> u32 {
    let digits = text.chars().skip_while(|c| !c.is_ascii_digit()).take_while(char::is_ascii_digit);
    digits.collect::<String>().parse().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::release;

    #[test]
    fn reads_release_numbers() {
        assert_eq!(release("postgres (PostgreSQL) 15.8 (Debian 15.8-0+deb12u1)\n"), 15);
        assert_eq!(release("/usr/lib/postgresql/9.6"), 9);
        assert_eq!(release("postgres"), 0);
    }
}
