//! The house rules of docs/architecture.md, kept by machine: who may depend on whom, and where queries may be.

#![expect(clippy::unwrap_used, reason = "in a test a panic is the right answer to whatever goes wrong")]

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use cargo_metadata::{Metadata, MetadataCommand, Package};

const DOMAIN_CRATES: [&str; 7] = ["auth", "tenancy", "audit", "email", "capricorn", "analytics", "support"];

fn workspace() -> Metadata {
    MetadataCommand::new().no_deps().other_options(["--offline".to_owned()]).exec().unwrap()
}

fn domain_packages(workspace: &Metadata) -> Vec<&Package> {
    let packages: Vec<_> =
        workspace.packages.iter().filter(|package| DOMAIN_CRATES.contains(&package.name.as_str())).collect();
    assert_eq!(packages.len(), DOMAIN_CRATES.len(), "a domain crate is missing");
    packages
}

fn directory(package: &Package) -> PathBuf {
    package.manifest_path.parent().unwrap().as_std_path().to_owned()
}

/// A source file, its path from the workspace's root with `/` between the parts.
struct Source {
    path: String,
    text: String,
}

impl Source {
    /// Its lines with their numbers, without comments.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let lines = self.text.lines().enumerate();
        lines.map(|(index, line)| (index + 1, line.split("//").next().unwrap_or_default()))
    }

    fn is_in(&self, room: &str) -> bool {
        self.path.contains(&format!("/{room}/")) || self.path.ends_with(&format!("/{room}.rs"))
    }

    /// `path:line: text` of each line that `is_wrong`.
    fn offences(&self, is_wrong: impl Fn(&str) -> bool) -> Vec<String> {
        let wrong = self.code().filter(|(_, line)| is_wrong(line));
        wrong.map(|(number, line)| format!("{}:{number}: {}", self.path, line.trim())).collect()
    }
}

/// All Rust files below `directory`; none when there is no such directory.
fn sources(root: &Path, directory: &Path) -> Vec<Source> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(sources(root, &path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            let path = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
            found.push(Source { path, text });
        }
    }
    found
}

fn package_sources(workspace: &Metadata, package: &Package) -> Vec<Source> {
    sources(workspace.workspace_root.as_std_path(), &directory(package).join("src"))
}

/// Whether `name` occurs in `line` as a whole word.
fn names(line: &str, name: &str) -> bool {
    let part_of_word = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(name)
        .any(|(at, _)| !line[..at].ends_with(part_of_word) && !line[at + name.len()..].starts_with(part_of_word))
}

#[track_caller]
fn none(rule: &str, offences: Vec<String>) {
    assert!(offences.is_empty(), "{rule}\n  {}", offences.join("\n  "));
}

/// Rule 1, development dependencies included: a domain's tests do without the others too.
#[test]
fn domain_crates_depend_on_the_kernel_never_on_each_other_nor_on_http() {
    let workspace = workspace();
    let mut offences = Vec::new();
    for package in domain_packages(&workspace) {
        for dependency in &package.dependencies {
            let name = dependency.name.as_str();
            if DOMAIN_CRATES.contains(&name) || name.starts_with("actix") || name == "nextcrm" {
                offences.push(format!("{} depends on {name}", package.name));
            }
        }
    }
    none("Ask through a port of your own; the shell fits the other crate to it.", offences);
}

#[test]
fn the_kernel_and_the_migrations_know_no_domain() {
    let workspace = workspace();
    let mut offences = Vec::new();
    for package in workspace.packages.iter().filter(|package| ["kernel", "migrations"].contains(&package.name.as_str()))
    {
        let wrong = package.dependencies.iter().map(|dependency| dependency.name.as_str());
        let wrong = wrong.filter(|name| DOMAIN_CRATES.contains(name) || name.starts_with("actix"));
        offences.extend(wrong.map(|name| format!("{} depends on {name}", package.name)));
    }
    none("What everybody shares depends on nobody.", offences);
}

/// Rule 2, first half.
#[test]
fn queries_are_only_under_store() {
    let workspace = workspace();
    let mut checked: Vec<Source> =
        domain_packages(&workspace).into_iter().flat_map(|package| package_sources(&workspace, package)).collect();
    let root = workspace.workspace_root.as_std_path();
    for room in ["routes", "workflows", "adapters", "http"] {
        checked.extend(sources(root, &root.join("apps/api/src").join(room)));
    }
    let is_query = |line: &str| {
        ["sea_orm", "sqlx", "sea_query"].iter().any(|library| names(line, library))
            || [".executor()", ".reader()", ".writer()"].iter().any(|call| line.contains(call))
    };
    let outside = checked.iter().filter(|source| !source.is_in("store"));
    let offences = outside.flat_map(|source| {
        // A mocked port fails with a store's error, and that is made of the driver's.
        let is_test = source.path.ends_with("_tests.rs");
        source.offences(|line| is_query(line) && !(is_test && names(line, "DbErr")))
    });
    none("Queries and entities belong under store/.", offences.collect());
}

/// Rule 2, second half: domain <- repository <- service, and store only implements repository.
#[test]
fn inside_a_crate_knowledge_goes_one_way() {
    let forbidden: [(&str, &[&str]); 3] = [
        ("domain", &["repository", "service", "store"]),
        ("repository", &["service", "store"]),
        ("service", &["store"]),
    ];
    let workspace = workspace();
    let mut offences = Vec::new();
    for source in domain_packages(&workspace).into_iter().flat_map(|package| package_sources(&workspace, package)) {
        for (room, unknown) in forbidden {
            if source.is_in(room) {
                let reaches = |line: &str| unknown.iter().any(|other| names(line, &format!("crate::{other}")));
                offences.extend(source.offences(reaches));
            }
        }
    }
    none("The inner room may not know the outer one.", offences);
}

/// Rule 3.
#[test]
fn only_the_composition_names_concrete_stores() {
    let workspace = workspace();
    let root = workspace.workspace_root.as_std_path();
    let stores: BTreeSet<String> = sources(root, &root.join("crates"))
        .iter()
        .filter(|source| source.is_in("store") && !source.is_in("entity"))
        .flat_map(|source| source.code().filter_map(|(_, line)| public_struct(line)).collect::<Vec<_>>())
        .collect();
    assert!(stores.len() >= 3, "found no stores: {stores:?}");

    let shell = sources(root, &root.join("apps/api/src"));
    let others = shell.iter().filter(|source| !source.path.starts_with("apps/api/src/composition"));
    let names_store = |line: &str| stores.iter().any(|store| names(line, store));
    none(
        "Take the port; composition chooses the store.",
        others.flat_map(|source| source.offences(names_store)).collect(),
    );
}

fn public_struct(line: &str) -> Option<String> {
    let name = line.strip_prefix("pub struct ")?;
    Some(name.chars().take_while(|c| c.is_alphanumeric()).collect())
}

#[test]
fn every_library_crate_explains_itself() {
    let workspace = workspace();
    let mut offences = Vec::new();
    for package in &workspace.packages {
        let directory = directory(package);
        let is_library = !directory.parent().is_some_and(|parent| parent.ends_with("apps"));
        if is_library && package.name != "migrations" && !directory.join("README.md").is_file() {
            offences.push(format!("{} has no README.md", package.name));
        }
        let denies = |path: &Path| fs::read_to_string(path).unwrap().contains("#![deny(missing_docs)]");
        if is_library && !denies(&directory.join("src/lib.rs")) {
            offences.push(format!("{} does not deny missing documentation", package.name));
        }
        if package.publish.as_ref().is_none_or(|registries| !registries.is_empty()) {
            offences.push(format!("{} could be published", package.name));
        }
    }
    none("A crate explains itself.", offences);
}
