use kernel::EmailAddress;
use url::Url;

/// How mail looks, whom it comes from and where its links lead; from configuration alone, never from a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Brand {
    /// The product's name, also the sender's unless told otherwise: `NextCRM`.
    pub name: String,
    /// The address that mail comes from.
    pub sender: EmailAddress,
    /// The name beside it, where it is not the product's.
    pub sender_name: Option<String>,
    /// Whom to ask; also where answers go.
    pub support: EmailAddress,
    /// Colour of the head and of buttons.
    pub color: Color,
    /// A picture in place of the name in the head.
    pub logo: Option<Url>,
    /// The web app; all links lead there.
    pub app_url: Url,
}

impl Brand {
    /// The address of a page of the web app: `{app_url}/{page}?{query}`, the values percent-encoded.
    #[must_use]
    pub fn link(&self, page: &[&str], query: &[(&str, &str)]) -> Url {
        let mut url = self.app_url.clone();
        url.set_query(None);
        url.set_fragment(None);
        // An address that can have no path is refused by the configuration.
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(page);
        }
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        url
    }
}

/// A colour as `#rrggbb`, dark enough for white text on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Color(String);

/// The text is no colour for a button.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a colour such as #1d4ed8, dark enough to read white text on it")]
pub struct InvalidColor;

impl Color {
    /// The text, in lower case.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for Color {
    fn default() -> Self {
        Self("#1d4ed8".to_owned())
    }
}

impl std::str::FromStr for Color {
    type Err = InvalidColor;
    fn from_str(text: &str) -> Result<Self, InvalidColor> {
        let digits = text.strip_prefix('#').ok_or(InvalidColor)?;
        if digits.len() != 6 || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return Err(InvalidColor);
        }
        let value = u32::from_str_radix(digits, 16).map_err(|_| InvalidColor)?;
        if contrast_with_white(value) < 4.5 {
            return Err(InvalidColor);
        }
        Ok(Self(text.to_ascii_lowercase()))
    }
}

/// WCAG 2's contrast ratio, 1 to 21; 4.5 is what its level AA asks of text.
fn contrast_with_white(rgb: u32) -> f64 {
    let channel = |shift: u32| {
        let value = f64::from(rgb >> shift & 0xff) / 255.0;
        if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    let luminance = 0.2126 * channel(16) + 0.7152 * channel(8) + 0.0722 * channel(0);
    1.05 / (luminance + 0.05)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_stay_below_the_configured_address() {
        let brand = crate::domain::samples::brand();
        let brand = Brand { app_url: "https://app.test/crm/?x=1#y".parse().expect("an address"), ..brand };
        let link = brand.link(&["support", "tickets", "TKT-1/../x"], &[("token", "a+b&c")]);
        assert_eq!(link.as_str(), "https://app.test/crm/support/tickets/TKT-1%2F..%2Fx?token=a%2Bb%26c");
        assert_eq!(brand.link(&["login"], &[]).as_str(), "https://app.test/crm/login");
    }

    #[test]
    fn a_colour_is_six_digits_and_dark() {
        assert_eq!("#1D4ED8".parse::<Color>().expect("dark").as_str(), "#1d4ed8");
        for wrong in ["1d4ed8", "#1d4", "#ffff00", "#gggggg", "#+12345", "red;}"] {
            assert_eq!(wrong.parse::<Color>(), Err(InvalidColor), "{wrong}");
        }
    }
}
