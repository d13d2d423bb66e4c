use std::sync::Arc;

use kernel::{FieldCode, FieldError};
use serde_json::{Map, Value};

use crate::{
    EmailError,
    domain::{Brand, Rendered, Template, Variables, render, samples},
};

/// The templates, for people who want to see what is sent.
#[derive(Debug, Clone)]
pub struct Templates {
    brand: Arc<Brand>,
}

impl Templates {
    /// In this brand.
    #[must_use]
    pub fn new(brand: Arc<Brand>) -> Self {
        Self { brand }
    }

    /// The variables that a preview uses unless told, the secret one not among them.
    ///
    /// # Errors
    /// Never for the samples as they are.
    pub fn sample(&self, template: Template) -> Result<Map<String, Value>, EmailError> {
        match samples::variables(template).to_value() {
            Ok(Value::Object(variables)) => Ok(variables),
            _ => Err(kernel::StoreError::corrupt("variables", "a sample is no object").into()),
        }
    }

    /// The template filled in with made-up variables, or with those that are given. A secret shows as a mask.
    ///
    /// # Errors
    /// [`EmailError::Invalid`] that names the variable.
    pub fn preview(&self, template: Template, given: Map<String, Value>) -> Result<Rendered, EmailError> {
        let mut variables = self.sample(template)?;
        let mut wrong = Vec::new();
        for (name, value) in given {
            if !variables.contains_key(&name) {
                let known: Vec<_> = variables.keys().map(String::as_str).collect();
                let message = format!("is no variable of this template; it has {}", known.join(", "));
                wrong.push(FieldError::new(format!("variables.{name}"), FieldCode::UnknownField, message));
                continue;
            }
            // One at a time, so that the answer can name it.
            let mut tried = variables.clone();
            tried.insert(name.clone(), value.clone());
            match Variables::from_value(template, Value::Object(tried)) {
                Ok(_) => drop(variables.insert(name, value)),
                Err(error) => {
                    wrong.push(FieldError::new(format!("variables.{name}"), FieldCode::Invalid, error.to_string()))
                }
            }
        }
        if !wrong.is_empty() {
            return Err(EmailError::Invalid(wrong));
        }
        let variables = Variables::from_value(template, Value::Object(variables)).map_err(|error| {
            EmailError::Invalid(vec![FieldError::new("variables", FieldCode::Invalid, error.to_string())])
        })?;
        let mail = crate::domain::Mail { variables, ..samples::mail(template) };
        Ok(render(&mail, &self.brand)?)
    }
}

#[cfg(test)]
mod tests {
    use kernel::input::Word as _;
    use serde_json::json;

    use super::*;

    fn given(value: Value) -> Map<String, Value> {
        value.as_object().cloned().expect("an object")
    }

    #[test]
    fn every_template_can_be_seen() {
        let templates = Templates::new(Arc::new(samples::brand()));
        for &template in Template::ALL {
            templates.preview(template, Map::new()).expect("rendered");
        }
    }

    #[test]
    fn what_is_given_is_used_and_what_is_wrong_is_named() {
        let templates = Templates::new(Arc::new(samples::brand()));
        let seen = templates.preview(Template::Invoice, given(json!({ "tenantName": "Ada's" }))).expect("rendered");
        assert!(seen.text.contains("Ada's"), "{}", seen.text);
        let wrong = given(json!({ "tenantName": 3, "token": "x", "amountCents": "much" }));
        let Err(EmailError::Invalid(fields)) = templates.preview(Template::Invoice, wrong) else {
            panic!("accepted");
        };
        let named: Vec<_> = fields.iter().map(|field| (field.field.as_ref(), field.code.as_ref())).collect();
        let expected = [
            ("variables.amountCents", "INVALID"),
            ("variables.tenantName", "INVALID"),
            ("variables.token", "UNKNOWN_FIELD"),
        ];
        assert!(expected.iter().all(|it| named.contains(it)) && named.len() == 3, "{named:?}");
    }
}
