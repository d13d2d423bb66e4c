//! Where values come from, and what is wrong with them.

use std::{collections::BTreeMap, fmt, io::ErrorKind, path::Path};

/// Variables by name; the process's environment wins over `.env`.
#[derive(Clone, Default)]
pub struct Variables(BTreeMap<String, String>);

impl Variables {
    /// The process's environment, and `.env` in the working directory where there is one.
    ///
    /// # Errors
    /// When `.env` cannot be read.
    pub fn from_environment() -> Result<Self, ConfigProblems> {
        let mut variables = Self::from_file(Path::new(".env"))?;
        // Variables that are not Unicode cannot be ours.
        let environment = std::env::vars_os().filter_map(|(k, v)| Some((k.into_string().ok()?, v.into_string().ok()?)));
        variables.0.extend(environment);
        Ok(variables)
    }

    /// The variables of a file in the form of `.env`, without expansion of `$`; none when the file does not exist.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn from_file(path: &Path) -> Result<Self, ConfigProblems> {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => without_expansion(&text),
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(unreadable(path, &dotenvy::Error::Io(error))),
        };
        let verbatim = |(name, value): (String, String)| (name, value.replace(DOLLAR, "$"));
        let entries = dotenvy::from_read_iter(text.as_bytes()).map(|entry| entry.map(verbatim));
        entries.collect::<Result<_, _>>().map(Self).map_err(|error| unreadable(path, &error))
    }

    /// A variable's value, without blanks around it; `None` when it is not set or empty.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(|value| value.trim()).filter(|value| !value.is_empty())
    }

    /// The same variables, with `others` where a name is not set.
    #[must_use]
    pub fn or(mut self, others: Self) -> Self {
        for (name, value) in others.0 {
            if self.get(&name).is_none() {
                self.0.insert(name, value);
            }
        }
        self
    }
}

impl<K: Into<String>, V: Into<String>> FromIterator<(K, V)> for Variables {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Self {
        Self(pairs.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }
}

/// Names only: values may be secrets.
impl fmt::Debug for Variables {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

/// Stands for `$` while a file is parsed: no character of any text.
const DOLLAR: char = '\u{fdd0}';

/// The parser would put variables in the place of `$NAME`; a password may have a `$` in it. `\$` is `$` to it.
fn without_expansion(text: &str) -> String {
    let mut escaped = false;
    let literal = |c: char| {
        let is_expanded = c == '$' && !escaped;
        escaped = c == '\\' && !escaped;
        if is_expanded { DOLLAR } else { c }
    };
    text.trim_start_matches('\u{feff}').chars().map(literal).collect()
}

fn unreadable(path: &Path, error: &dotenvy::Error) -> ConfigProblems {
    // A line's text may hold a secret: only where and of what kind.
    let why = match error {
        dotenvy::Error::LineParse(_, position) => format!("has a line that is not NAME=value (at byte {position})"),
        dotenvy::Error::Io(error) => format!("cannot be read: {error}"),
        _ => "cannot be read".to_owned(),
    };
    ConfigProblems(vec![ConfigProblem::new(&path.display().to_string(), why, "BIND_ADDR=127.0.0.1:8080")])
}

/// A wrong variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigProblem {
    /// Its name.
    pub variable: String,
    /// What is wrong; never the value of a secret.
    pub wrong: String,
    /// What would be right.
    pub example: String,
}

impl ConfigProblem {
    /// A problem with a variable.
    pub fn new(variable: &str, wrong: impl Into<String>, example: impl Into<String>) -> Self {
        Self { variable: variable.to_owned(), wrong: wrong.into(), example: example.into() }
    }
}

/// Everything that is wrong with the configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigProblems(pub Vec<ConfigProblem>);

impl fmt::Display for ConfigProblems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "the configuration is wrong:")?;
        for problem in &self.0 {
            writeln!(f, "  {} {}", problem.variable, problem.wrong)?;
            writeln!(f, "    for example: {}", problem.example)?;
        }
        write!(f, ".env.example explains every variable.")
    }
}

impl std::error::Error for ConfigProblems {}
