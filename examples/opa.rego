# The policy of examples/opa.ts, for Open Policy Agent 1.x:
#   opa run --server --addr 127.0.0.1:8181 examples/opa.rego
package guard

default decision := {"effect": "deny", "reason": "Nothing lets this call pass."}

decision := {"effect": "allow", "rules": ["shop"]} if {
	"agents" in input.principal.groups
	every pair in input.pairs {
		pair.operation == "read"
		pair.object.dataset == "shop"
	}
}
